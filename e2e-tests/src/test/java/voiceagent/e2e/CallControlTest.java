package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.CallRecording;
import voiceagent.sim.twilio.Caller;
import voiceagent.v1.Action;
import voiceagent.v1.ActionOutcome;
import voiceagent.v1.CollectDtmf;
import voiceagent.v1.HangUp;
import voiceagent.v1.SendDtmf;
import voiceagent.v1.Transfer;

/// What the gateway does with a call by Twilio's means: end it, transfer it, take and send digits;
/// with a brain of the test's own behind the public contract.
@Execution(ExecutionMode.CONCURRENT)
class CallControlTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final long SECOND = 8000;
  private static final Recordings SAY = Recordings.load();

  private static final ScriptedBrain BRAIN = new ScriptedBrain();
  private static final Stack STACK = Stack.start(Map.of("BRAIN_TARGET", BRAIN.target()));

  @AfterAll
  static void close() {
    STACK.close();
    BRAIN.close();
  }

  private static void awaitGreeted(Caller caller) {
    caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
  }

  private static long sent(Caller caller) {
    return caller.recording().events(CallEvent.AudioReceived.class).stream()
        .mapToLong(CallEvent.AudioReceived::length)
        .sum();
  }

  private static long heard(Caller caller) {
    return caller.recording().played().stream()
        .mapToLong((CallRecording.Range r) -> r.to() - r.from())
        .sum();
  }

  @Test
  void theCallEndsOnceTheGoodbyeWasHeardByClosingTheStream_C13_L3() {
    try (Caller caller = STACK.dial()) {
      ScriptedBrain.Script brain = BRAIN.of(caller.callSid());
      brain.answers("Goodbye then, and thank you for calling us today.", hangUp());
      awaitGreeted(caller);
      CallOutcome outcome = caller.says(SAY.get("bye")).awaitEnd(DEADLINE);
      assertThat(outcome.reason()).isEqualTo("<Hangup>");
      assertThat(outcome.errors()).isEmpty();
      assertThat(heard(caller)).isEqualTo(sent(caller));
      Await.until("what was heard and done", DEADLINE, () -> !brain.results.isEmpty());
      assertThat(brain.played.getLast().getComplete()).isTrue();
      assertThat(brain.results.getLast().getOutcome()).isEqualTo(ActionOutcome.ACTION_OUTCOME_DONE);
    }
  }

  @Test
  void theGoodbyeIsHeardThoughAMarkOfItGetsLost_L4() {
    try (Caller caller = STACK.dial()) {
      ScriptedBrain.Script brain = BRAIN.of(caller.callSid());
      brain.answers("Goodbye then, and thank you for calling us today.", hangUp());
      awaitGreeted(caller);
      String[] last = {""};
      caller
          .faults()
          .dropsMarks(name -> {
            boolean first = last[0].isEmpty();
            last[0] = name;
            return first;
          });
      caller.says(SAY.get("bye")).awaitEnd(DEADLINE);
      assertThat(heard(caller)).isEqualTo(sent(caller));
    }
  }

  @Test
  void theGoodbyeIsHeardThoughNoMarkComesBack_L4() {
    try (Caller caller = STACK.dial()) {
      ScriptedBrain.Script brain = BRAIN.of(caller.callSid());
      brain.answers("Goodbye then, and thank you for calling us today.", hangUp());
      awaitGreeted(caller);
      caller.faults().dropsMarks(_ -> true);
      caller.says(SAY.get("bye")).awaitEnd(DEADLINE);
      // By the clock only: a carrier that is starved on a busy machine may have some left.
      assertThat(sent(caller) - heard(caller)).isLessThan(SECOND);
    }
  }

  @Test
  void aTransferDialsTheNumberOnceItsSentenceWasHeard() {
    try (Caller caller = STACK.dial()) {
      ScriptedBrain.Script brain = BRAIN.of(caller.callSid());
      brain.answers("I will put you through to the front desk.", transfer("+15005550009"));
      awaitGreeted(caller);
      CallOutcome outcome = caller.says(SAY.get("booking")).awaitEnd(DEADLINE);
      assertThat(outcome.transfers()).containsExactly("+15005550009");
      assertThat(outcome.said()).isEmpty();
      assertThat(outcome.reason()).isEqualTo("<Hangup>");
      assertThat(heard(caller)).isEqualTo(sent(caller));
    }
  }

  @Test
  void aCallThatTwilioMovedOnIsNotHungUp_C12() {
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      HttpResponse<String> moved =
          Http.send(
              HttpRequest.newBuilder(
                      STACK
                          .providers()
                          .twilio()
                          .url()
                          .resolve(
                              "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls/"
                                  + caller.callSid()
                                  + ".json"))
                  .header(
                      "authorization",
                      "Basic "
                          + java.util.Base64.getEncoder()
                              .encodeToString(
                                  "AC00000000000000000000000000000001:simulated-twilio-token"
                                      .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "Twiml=%3CResponse%3E%3CSay%3EElsewhere+now,+for+a+while.%3C/Say%3E"
                              + "%3C/Response%3E")));
      assertThat(moved.statusCode()).isEqualTo(200);
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.said()).containsExactly("Elsewhere now, for a while.");
      assertThat(outcome.reason()).isEqualTo("the TwiML came to its end");
    }
  }

  @Test
  void anAnswerThatNeverComesToItsEndIsNoticedAndGivenUp_L8() {
    try (Caller caller = STACK.dial()) {
      ScriptedBrain.Script brain = BRAIN.of(caller.callSid());
      brain.beginsToAnswer("We have a table for you, and ");
      brain.answers("On with it then.");
      awaitGreeted(caller);
      caller.says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE);
      Await.until("what was heard of it", DEADLINE, () -> brain.played.size() == 1);
      assertThat(brain.played.getFirst().getComplete()).isFalse();
      assertThat(brain.played.getFirst().getHeard()).contains("table for you");
      assertThat(Http.get(STACK.url(), "/metrics").body())
          .contains("voiceagent_dead_air_seconds_count{cause=\"reply\"");
      caller.awaitAgentQuiet(DEADLINE).says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE);
      Await.until("the next answer", DEADLINE, () -> brain.played.size() == 2);
      assertThat(brain.played.getLast().getComplete()).isTrue();
    }
  }

  @Test
  void digitsAreCollectedAndTonesAreSent() {
    try (Caller caller = STACK.dial()) {
      ScriptedBrain.Script brain = BRAIN.of(caller.callSid());
      brain.answers(
          "Please key in your number, then the hash key.",
          Action.newBuilder()
              .setCollectDtmf(
                  CollectDtmf.newBuilder().setMaxDigits(8).setTimeoutMs(5000).setTerminator("#")));
      brain.answers(
          "Here are some tones.",
          Action.newBuilder().setSendDtmf(SendDtmf.newBuilder().setDigits("12")));
      awaitGreeted(caller);
      caller.says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE);
      "421#".chars().forEach(c -> caller.presses((char) c));
      Await.until("the digits", DEADLINE, () -> !brain.results.isEmpty());
      assertThat(brain.results.getFirst().getDigits()).isEqualTo("421");
      caller.awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE);
      Await.until("the tones", DEADLINE, () -> brain.results.size() == 2);
      assertThat(brain.results.getLast().getOutcome()).isEqualTo(ActionOutcome.ACTION_OUTCOME_DONE);
      caller.awaitAgentQuiet(DEADLINE).presses('7');
      Await.until("a key nobody collects", DEADLINE, () -> brain.digits.contains("7"));
    }
  }

  @Test
  void aSipDomainCallIsAnsweredLikeAnyOther() {
    try (Caller caller =
        STACK
            .providers()
            .twilio()
            .dial(
                STACK
                    .request()
                    .from("sip:ann@acme.sip.twilio.com")
                    .to("sip:100@acme.sip.twilio.com;transport=tls")
                    .parameter("SipHeader_X-Tenant", "blue"))) {
      awaitGreeted(caller);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.hangUp().errors()).isEmpty();
      assertThat(BRAIN.of(caller.callSid()).opened.getFirst().getContext().getCall())
          .isEqualTo(caller.callSid());
    }
  }

  private static Action.Builder hangUp() {
    return Action.newBuilder().setHangUp(HangUp.newBuilder().setReason("done"));
  }

  private static Action.Builder transfer(String destination) {
    return Action.newBuilder().setTransfer(Transfer.newBuilder().setDestination(destination));
  }
}
