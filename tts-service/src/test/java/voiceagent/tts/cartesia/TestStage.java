package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.service.Stage;
import voiceagent.kit.service.StageConfig;
import voiceagent.sim.cartesia.CartesiaSimulator;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.SpeechSynthesizer;
import voiceagent.tts.TtsMain;
import voiceagent.tts.api.SpeakService;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.v1.TextToSpeechGrpc;
import voiceagent.v1.Voice;

/// The stage against the simulator, both on free ports, and a channel to it.
final class TestStage implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(20);

  final CartesiaSimulator cartesia = CartesiaSimulator.start(0, new SimulatorEvents());
  final SpeechSynthesizer speech = new SpeechSynthesizer();
  private final EventLoops clientLoops = new EventLoops(1);
  private Stage stage;
  private ManagedChannel channel;

  TestStage() {
    this(Patience.PRESET, Map.of());
  }

  /// @param settings over those that fit the simulator
  TestStage(Patience patience, Map<String, String> settings) {
    this(patience, settings, (cartesia, _) -> cartesia);
  }

  /// @param speaker of Cartesia's voice and the meters makes the one that speaks
  TestStage(
      Patience patience,
      Map<String, String> settings,
      BiFunction<Synthesizer, SynthesisMeters, Synthesizer> speaker) {
    cartesia.rules().pace(Duration.ofMillis(5), 60);
    Map<String, String> all = new HashMap<>();
    all.put("TTS_PORT", "0");
    all.put("TTS_ADMIN_PORT", "0");
    all.put("BIND_ADDRESS", "127.0.0.1");
    all.put("CARTESIA_URL", cartesia.url());
    all.put("CARTESIA_API_KEY", CartesiaSimulator.KEY);
    all.put("CARTESIA_VOICE_ID", CartesiaSimulator.VOICE);
    all.putAll(settings);
    Settings read = Settings.of(TtsMain.class, all);
    StageConfig config = StageConfig.from(read, "TTS");
    CartesiaConfig provider = CartesiaConfig.from(read).with(patience);
    read.check();
    EventLoops loops = new EventLoops(2);
    Sessions sessions = new Sessions("tts", config.maxSessions());
    SynthesisMeters meters = new SynthesisMeters();
    Synthesizer synthesizer = speaker.apply(new CartesiaSynthesizer(provider, meters), meters);
    stage =
        Stage.start(
            config, loops, sessions, new SpeakService(synthesizer, synthesizer, sessions, loops));
    channel = StageChannel.to("dns:///127.0.0.1:" + stage.port(), clientLoops);
  }

  /// Deadlines of the presets, but for these, and attempts to connect in quick succession.
  static Patience patience(Duration audio, Duration limited, Duration expiry, Duration idle) {
    return new Patience(
        audio, limited, expiry, idle, Duration.ofMillis(10), Duration.ofMillis(100));
  }

  /// A call that was opened with this voice.
  TestCall call(Voice voice) {
    TestCall call = new TestCall(TextToSpeechGrpc.newStub(channel));
    call.sendOpen(voice);
    assertThat(call.next().hasOpened()).isTrue();
    return call;
  }

  /// Opens a call's stream and waits for its `opened`.
  TestCall call() {
    TestCall call = new TestCall(TextToSpeechGrpc.newStub(channel));
    call.open();
    return call;
  }

  TextToSpeechGrpc.TextToSpeechStub stub() {
    return TextToSpeechGrpc.newStub(channel);
  }

  TextToSpeechGrpc.TextToSpeechBlockingStub blocking() {
    return TextToSpeechGrpc.newBlockingStub(channel)
        .withDeadlineAfter(DEADLINE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
  }

  Stage stage() {
    return stage;
  }

  /// What texts sound like, one after the other.
  byte[] audio(String... texts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String text : texts) {
      all.writeBytes(speech.speak(text).mulaw());
    }
    return all.toByteArray();
  }

  /// Fails with the place where the audio differs, not with the audio.
  static void assertSame(byte[] actual, byte[] expected) {
    assertThat(Arrays.mismatch(actual, expected))
        .as("first sample that differs, of %d and %d", actual.length, expected.length)
        .isEqualTo(-1);
  }

  /// Waits until something holds.
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    stage.close();
    clientLoops.close();
    cartesia.close();
    speech.close();
  }
}
