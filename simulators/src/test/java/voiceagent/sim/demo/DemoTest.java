package voiceagent.sim.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;
import voiceagent.sim.twilio.TwilioSimulator;

class DemoTest {
  private static final int MILLIS = 400;

  @TempDir Path directory;

  private record Shown(int code, String text) {}

  private Shown show(ScriptedAgent.Manners manners) throws Exception {
    SimulatorEvents events = new SimulatorEvents();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (TwilioSimulator twilio = TwilioSimulator.start(0, events);
        ScriptedAgent agent = new ScriptedAgent(events, manners);
        PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8)) {
      Path wav = directory.resolve("call.wav");
      int code = new Demo(agent.url(), twilio, events, DemoTest::beep, wav, out).run();
      assertThat(Files.size(wav)).isGreaterThan(16_000);
      return new Shown(code, text.toString(StandardCharsets.UTF_8));
    }
  }

  private static Utterance beep(String name) {
    byte[] mulaw = new byte[MILLIS * 8];
    Arrays.fill(mulaw, (byte) 0x11);
    return new Utterance(name, mulaw, List.of(new SpokenWord(name, 0, mulaw.length)));
  }

  @Test
  void aCallThatGoesWellIsShownAndSummedUp() throws Exception {
    Shown shown = show(ScriptedAgent.Manners.FALLS_SILENT);
    assertThat(shown.text()).contains("Every step happened.");
    assertThat(shown.code()).isZero();
    assertThat(shown.text())
        .containsPattern("\\d\\.\\d\\d s  caller    words of the caller")
        .containsPattern("\\d\\.\\d\\d s  agent     Answer 2\\.")
        .containsPattern("understood \\+0\\.\\d\\d s, first word \\+")
        .contains("the agent is interrupted")
        .containsPattern("turns +5\n")
        .containsPattern("turn latency +median \\d\\.\\d\\d s, longest")
        .contains("99 % within 1.0 ms, longest of late 1.5 ms")
        .containsPattern("underruns +0,")
        .containsPattern("barge-ins +1\n");
  }

  @Test
  void anAgentThatCannotBeInterruptedFailsTheDemo() throws Exception {
    Shown shown = show(ScriptedAgent.Manners.HEARS_NOTHING);
    assertThat(shown.code()).isEqualTo(1);
    assertThat(shown.text())
        .contains("The demo failed at the interruption: waited 5000 ms for clear number 1");
  }

  @Test
  void anAgentThatSpeaksOnAfterTheClearFailsTheDemo() throws Exception {
    Shown shown = show(ScriptedAgent.Manners.SPEAKS_ON);
    assertThat(shown.code()).isEqualTo(1);
    assertThat(shown.text())
        .contains("The demo failed at the silence after the interruption: the interrupted answer");
  }

  @Test
  void aGatewayThatIsNotReadyIsWaitedForWithinABound() throws Exception {
    SimulatorEvents events = new SimulatorEvents();
    ScriptedAgent agent = new ScriptedAgent(events, ScriptedAgent.Manners.FALLS_SILENT);
    GatewayStatus status = new GatewayStatus(agent.url());
    assertThat(status.awaitReady(Duration.ofSeconds(10))).isEmpty();
    agent.close();
    assertThat(status.awaitReady(Duration.ofMillis(300))).contains("no answer");
  }
}
