package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import voiceagent.brain.BrainMain;
import voiceagent.sim.groq.ChatMessage;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.Caller;

/// Two brains, each a process; the one that has the call is killed.
class BrainReplicasTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();

  @Test
  void aConversationGoesOnOnTheSecondReplicaAfterTheFirstIsKilled_L29() {
    List<String> ports = ServiceProcess.freePorts(4);
    try (Providers providers = new Providers()) {
      Map<String, String> first = providers.settings();
      first.put("BRAIN_PORT", ports.get(0));
      first.put("BRAIN_ADMIN_PORT", ports.get(1));
      Map<String, String> second = new HashMap<>(first);
      second.put("BRAIN_PORT", ports.get(2));
      second.put("BRAIN_ADMIN_PORT", ports.get(3));
      try (ServiceProcess killed =
              ServiceProcess.start(BrainMain.class, first, "BRAIN_ADMIN_PORT").awaitReady();
          ServiceProcess left =
              ServiceProcess.start(BrainMain.class, second, "BRAIN_ADMIN_PORT").awaitReady();
          FrontDoor door = FrontDoor.before(List.of(ports.get(0), ports.get(2)));
          Stack stack = Stack.start(providers, Map.of("BRAIN_TARGET", door.target()))) {
        goesOn(stack, killed);
        assertThat(left.isAlive()).isTrue();
      }
    }
  }

  private static void goesOn(Stack stack, ServiceProcess killed) {
    var groq = stack.providers().groq();
    try (Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      groq.replies(
          "We are open until nine on Fridays.", "About four hundred dollars.", "Thursday.");
      caller.says(SAY.get("hours")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      List<ChatMessage> before = groq.requests().getLast().messages();

      killed.kill();
      caller.says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      List<ChatMessage> after = groq.requests().getLast().messages();
      assertThat(after.subList(0, before.size())).isEqualTo(before);
      assertThat(after.get(before.size()))
          .isEqualTo(new ChatMessage("assistant", "About four hundred dollars."));
      assertThat(after.getLast().content()).contains("appointment on thursday");
      assertThat(groq.requests()).hasSize(3);
      assertThat(HeardClips.find(caller, "stage-down", 0)).isEqualTo(-1);
    }
  }
}
