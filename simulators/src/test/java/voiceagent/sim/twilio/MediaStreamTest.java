package voiceagent.sim.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

class MediaStreamTest {
  private static final Duration DEADLINE = StandInGateway.DEADLINE;

  private final TwilioSimulator twilio = TwilioSimulator.start(0, new SimulatorEvents());
  private final StandInGateway gateway = new StandInGateway();

  @AfterEach
  void close() {
    twilio.close();
    gateway.close();
  }

  private static Utterance tone(int samples, int value) {
    byte[] mulaw = new byte[samples];
    Arrays.fill(mulaw, (byte) value);
    return new Utterance("tone", mulaw, List.of(new SpokenWord("beep", 10, samples - 10)));
  }

  @Test
  void webhookAndHandshakeAreSignedForThePublicUrls_S21() throws Exception {
    gateway.answers(
        "/incoming-call", StandInGateway.connect("wss://voice.example.com/ws?gone=1", ""));
    try (Caller caller = twilio.dial(gateway.request().from("+15005550009"))) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();

      StandInGateway.Asked webhook = gateway.asked("/incoming-call").getFirst();
      assertThat(webhook.signature())
          .isEqualTo(
              TwilioSignature.of(
                  TwilioSimulator.AUTH_TOKEN,
                  "https://voice.example.com/incoming-call",
                  webhook.form()));
      assertThat(webhook.form())
          .containsEntry("CallSid", caller.callSid())
          .containsEntry("CallStatus", "ringing")
          .containsEntry("Direction", "inbound")
          .containsEntry("From", "+15005550009")
          .containsEntry("Caller", "+15005550009")
          .containsEntry("ApiVersion", "2010-04-01")
          .containsEntry("ToCity", "");
      assertThat(socket.path()).isEqualTo("/ws");
      assertThat(socket.queryParameters()).isZero();
      assertThat(socket.signature())
          .isEqualTo(
              TwilioSignature.of(
                  TwilioSimulator.AUTH_TOKEN, "wss://voice.example.com/ws", Map.of()));
    }
  }

  @Test
  void aSipCallNamesItsDomainAndHeaders() throws Exception {
    CallRequest request =
        gateway
            .request()
            .from("sip:ann@pbx.example")
            .to("sip:100@acme.sip.twilio.com")
            .parameter("SipHeader_X-Tenant", "blue");
    try (Caller _ = twilio.dial(request)) {
      gateway.socket();
      assertThat(gateway.asked("/incoming-call").getFirst().form())
          .containsEntry("To", "sip:100@acme.sip.twilio.com")
          .containsEntry("SipDomain", "acme.sip.twilio.com")
          .containsEntry("SipHeader_X-Tenant", "blue")
          .doesNotContainKey("ToCity");
    }
  }

  @Test
  void messagesComeInOrderAndTheirNumbersAreText_S17_S23() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      assertThat(socket.next().toString())
          .isEqualTo("{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
      JsonNode start = socket.next();
      assertThat(start.path("sequenceNumber").textValue()).isEqualTo("1");
      String streamSid = start.path("streamSid").textValue();
      assertThat(streamSid).matches("MZ[0-9a-f]{32}");
      assertThat(start.path("start").path("streamSid").textValue()).isEqualTo(streamSid);
      assertThat(start.path("start").path("callSid").textValue()).isEqualTo(caller.callSid());
      assertThat(start.path("start").path("tracks").toString()).isEqualTo("[\"inbound\"]");
      assertThat(new TreeMap<>(Map.of("token", "t&1", "agent", "a")).toString())
          .isEqualTo(
              new TreeMap<>(
                      Map.of(
                          "token",
                          start.at("/start/customParameters/token").asText(),
                          "agent",
                          start.at("/start/customParameters/agent").asText()))
                  .toString());
      assertThat(start.at("/start/mediaFormat").toString())
          .isEqualTo("{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1}");
      for (int i = 1; i <= 10; i++) {
        JsonNode media = socket.next();
        assertThat(media.path("event").asText()).isEqualTo("media");
        assertThat(media.path("sequenceNumber").textValue()).isEqualTo(String.valueOf(i + 1));
        assertThat(media.at("/media/chunk").textValue()).isEqualTo(String.valueOf(i));
        assertThat(media.at("/media/timestamp").textValue()).isEqualTo(String.valueOf(20 * i));
        assertThat(media.at("/media/track").textValue()).isEqualTo("inbound");
        assertThat(Base64.getDecoder().decode(media.at("/media/payload").textValue()))
            .hasSize(160)
            .containsOnly(Mulaw.SILENCE);
      }
      caller.presses('5');
      JsonNode dtmf = socket.next("dtmf");
      assertThat(dtmf.path("dtmf").toString())
          .isEqualTo("{\"track\":\"inbound_track\",\"digit\":\"5\"}");
      caller.hangUp();
      JsonNode stop = socket.next("stop");
      assertThat(stop.at("/stop/callSid").textValue()).isEqualTo(caller.callSid());
      assertThat(socket.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void whatTheCallerSaysArrivesByteForByteAlsoWhileTheAgentSpeaks_S17() throws Exception {
    Utterance greeting = Recordings.load().get("greeting");
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(40_000, 0x55);
      caller.says(greeting);
      CallEvent.CallerSaid said = caller.recording().events(CallEvent.CallerSaid.class).getFirst();
      List<byte[]> frames = new ArrayList<>();
      while (frames.size() * 160L < said.end()) {
        frames.add(
            Base64.getDecoder().decode(socket.next("media").at("/media/payload").textValue()));
      }
      byte[] arrived = new byte[frames.size() * 160];
      for (int i = 0; i < frames.size(); i++) {
        System.arraycopy(frames.get(i), 0, arrived, i * 160, 160);
      }
      assertThat(Arrays.copyOfRange(arrived, (int) said.at(), (int) said.end()))
          .isEqualTo(greeting.mulaw());
      assertThat(said.wordsEnd() - said.at()).isEqualTo(greeting.words().getLast().end());
      assertThat(caller.agentSpeaks()).isTrue();
    }
  }

  @Test
  void audioIsPlayedByTheWallClockAndMarksComeBackWhenItIs_S18() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      long sent = System.nanoTime();
      socket.audio(160, 1).mark("r1.1").audio(4000, 2).mark("r1.2");
      assertThat(socket.nextMark()).isEqualTo("r1.1");
      Duration first = Duration.ofNanos(System.nanoTime() - sent);
      assertThat(socket.nextMark()).isEqualTo("r1.2");
      Duration second = Duration.ofNanos(System.nanoTime() - sent);
      socket.mark("idle");
      assertThat(socket.nextMark()).isEqualTo("idle");

      assertThat(first).isGreaterThanOrEqualTo(Duration.ofMillis(20));
      assertThat(second).isGreaterThanOrEqualTo(Duration.ofMillis(520));
      List<CallEvent.MarkEchoed> marks = caller.marks();
      long start = caller.recording().played().getFirst().from();
      assertThat(marks)
          .startsWith(
              new CallEvent.MarkEchoed(start + 160, "r1.1", true),
              new CallEvent.MarkEchoed(start + 4160, "r1.2", true));
      assertThat(caller.recording().played())
          .containsExactly(new CallRecording.Range(start, start + 4160));
      caller.awaitAgentQuiet(DEADLINE);
      assertThat(caller.underruns()).isZero();
    }
  }

  @Test
  void aClearReturnsAllPendingMarksInOrderAtOnce_L3_S19() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(80_000, 1).mark("r1.1").audio(80_000, 2).mark("r1.2");
      long sent = System.nanoTime();
      socket.clear().mark("fence.3");
      assertThat(socket.nextMark()).isEqualTo("r1.1");
      assertThat(socket.nextMark()).isEqualTo("r1.2");
      assertThat(socket.nextMark()).isEqualTo("fence.3");
      assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(5));

      caller.awaitClears(1, DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.marks())
          .extracting(CallEvent.MarkEchoed::played)
          .containsExactly(false, false, true);
      CallEvent.Cleared clear = caller.recording().events(CallEvent.Cleared.class).getFirst();
      long heard = caller.recording().played().stream().mapToLong(r -> r.to() - r.from()).sum();
      assertThat(heard + clear.discarded()).isEqualTo(160_000);

      socket.audio(160, 3).mark("r2.4");
      assertThat(socket.nextMark()).isEqualTo("r2.4");
    }
  }

  @Test
  void badMessagesAreToldOncePerStreamAndTheStreamGoesOn_S20() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket
          .peer()
          .text("{\"event\":\"mark\",\"streamSid\":\"MZother\",\"mark\":{\"name\":\"x\"}}");
      socket.peer().text("no json");
      socket.peer().binary(new byte[] {1, 2, 3});
      socket.peer().binary(new byte[] {4});
      socket.mark("still there");
      assertThat(socket.nextMark()).isEqualTo("still there");
      CallOutcome outcome = caller.hangUp();
      assertThat(outcome.errors())
          .extracting(TwilioError::code)
          .containsExactly(TwilioError.INVALID_MESSAGE, TwilioError.MALFORMED_MESSAGE);
      assertThat(outcome.errors().getFirst().detail()).contains("MZother");
    }
  }

  @Test
  void aMarkThatIsDroppedNeverComesAndTheOthersDo_L4_S25() throws Exception {
    CallRequest request =
        gateway.request().faults(new LineFaults().dropsMarks(name -> name.equals("r1.1")));
    try (Caller caller = twilio.dial(request)) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(160, 1).mark("r1.1").audio(160, 1).mark("r1.2");
      assertThat(socket.nextMark()).isEqualTo("r1.2");
      assertThat(caller.marks()).extracting(CallEvent.MarkEchoed::name).containsExactly("r1.2");
    }
  }

  @Test
  void aSlowLineDelaysAudioAndEchoes_S25() throws Exception {
    LineFaults slow =
        new LineFaults().delaysAudio(Duration.ofMillis(150)).delaysEchoes(Duration.ofMillis(250));
    try (Caller caller = twilio.dial(gateway.request().faults(slow))) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      long sent = System.nanoTime();
      socket.audio(160, 1).mark("r1.1");
      assertThat(socket.nextMark()).isEqualTo("r1.1");
      assertThat(Duration.ofNanos(System.nanoTime() - sent))
          .isGreaterThanOrEqualTo(Duration.ofMillis(420));
      assertThat(caller.recording().played()).hasSize(1);
    }
  }

  @Test
  void audioThatComesTooLateWithinAReplyIsCounted_L28() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(160, 1).mark("r1.1");
      assertThat(socket.nextMark()).isEqualTo("r1.1");
      socket.audio(160, 1).mark("r1.2");
      assertThat(socket.nextMark()).isEqualTo("r1.2");
      socket.audio(160, 1).mark("r2.3");
      assertThat(socket.nextMark()).isEqualTo("r2.3");
      caller.awaitAgentQuiet(DEADLINE);
      assertThat(caller.underruns()).isEqualTo(1);
    }
  }

  @Test
  void aSpeakerphoneSendsTheAgentsVoiceBack_L34() throws Exception {
    LineFaults speakerphone = new LineFaults().echoesAgent(-20, Duration.ofMillis(250));
    try (Caller caller = twilio.dial(gateway.request().faults(speakerphone))) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(800, 0x10).mark("r1.1");
      caller.await(
          "the echo", DEADLINE, () -> caller.recording().caller().length > echoEnd(caller) + 160);
      byte[] left = caller.recording().caller();
      int from = echoEnd(caller) - 800;
      byte echo = Mulaw.encode((short) (0.1 * Mulaw.decode((byte) 0x10)));
      for (int i = 0; i < left.length; i++) {
        boolean heard = i >= from && i < from + 800;
        assertThat(left[i]).isEqualTo(heard ? echo : Mulaw.SILENCE);
      }
    }
  }

  private static int echoEnd(Caller caller) {
    List<CallRecording.Range> played = caller.recording().played();
    return played.isEmpty() ? Integer.MAX_VALUE - 160 : (int) played.getFirst().from() + 800 + 2000;
  }

  @Test
  void aCarrierThatDoesNotReadStillSends_L10() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      caller.stopsReading();
      socket.next("media");
      caller.says(tone(1600, 0x11));
      socket.mark("unread");
      caller.says(tone(1600, 0x11));
      assertThat(caller.marks()).isEmpty();
      caller.readsAgain();
      assertThat(socket.nextMark()).isEqualTo("unread");
    }
  }

  @Test
  void theRecordingHoldsBothChannelsToTheSample() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      caller.says(tone(400, 0x11));
      socket.audio(200, 0x22).mark("r1.1").audio(120, 0x33).mark("r1.2");
      assertThat(socket.nextMark()).isEqualTo("r1.1");
      assertThat(socket.nextMark()).isEqualTo("r1.2");
      caller.hangUp();

      CallRecording recording = caller.recording();
      CallEvent.CallerSaid said = recording.events(CallEvent.CallerSaid.class).getFirst();
      byte[] left = recording.caller();
      assertThat(said.at() % 160).isZero();
      assertThat(left.length % 160).isZero();
      for (int i = 0; i < left.length; i++) {
        boolean speech = i >= said.at() && i < said.at() + 400;
        assertThat(left[i]).isEqualTo(speech ? (byte) 0x11 : Mulaw.SILENCE);
      }
      CallEvent.AudioReceived first = recording.events(CallEvent.AudioReceived.class).getFirst();
      byte[] right = recording.agent();
      assertThat(right.length).isEqualTo((int) first.playsAt() + 320);
      assertThat(first.playsAt()).isEqualTo(first.at());
      for (int i = 0; i < right.length; i++) {
        long into = i - first.playsAt();
        byte expected = into < 0 ? Mulaw.SILENCE : into < 200 ? (byte) 0x22 : (byte) 0x33;
        assertThat(right[i]).isEqualTo(expected);
      }
      assertThat(recording.wav().length).isEqualTo(58 + 2 * Math.max(left.length, right.length));
    }
  }

  @Test
  void theCallerSeesWhenTheAgentAnswers() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(800, 1).mark("r1.1");
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(tone(1600, 0x11));
      assertThat(caller.answerDelay()).isEmpty();
      socket.audio(8000, 1).mark("r2.2");
      caller.awaitAgentHeard(Duration.ofMillis(500), DEADLINE);
      assertThat(caller.answerDelay().orElseThrow())
          .isBetween(Duration.ZERO, Duration.ofSeconds(5));
      assertThat(caller.agentSpeaks()).isTrue();
    }
  }

  @Test
  void twentyCallsAtOnceKeepTheirPace() throws Exception {
    List<Caller> callers = Stream.generate(() -> twilio.dial(gateway.request())).limit(20).toList();
    for (int i = 0; i < callers.size(); i++) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.audio(16_000, 1).mark("r1.1");
    }
    for (Caller caller : callers) {
      caller.awaitAgentHeard(Duration.ofMillis(1900), DEADLINE);
    }
    for (Caller caller : callers) {
      CallRecording recording = caller.recording();
      caller.hangUp();
      long end = recording.events(CallEvent.StreamEnded.class).getFirst().at();
      assertThat(end - recording.caller().length).isBetween(0L, 8000L);
      assertThat(recording.sendLateness(0.5)).isLessThan(Duration.ofMillis(20));
      assertThat(caller.underruns()).isZero();
    }
    callers.forEach(Caller::close);
  }
}
