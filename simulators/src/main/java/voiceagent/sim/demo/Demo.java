package voiceagent.sim.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Utterance;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.CallStatus;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.CallerException;
import voiceagent.sim.twilio.TwilioSimulator;

/// A caller talks to a gateway's agent, interrupts it once, says goodbye; each step is checked and
/// shown. Blocks its thread for about a minute.
public final class Demo {
  private static final Duration READY = Duration.ofSeconds(90);
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final Duration SPEECH = Duration.ofSeconds(90);
  private static final Duration CLEAR = Duration.ofSeconds(5);
  private static final Duration LISTENING = Duration.ofMillis(2500);
  private static final Pattern MARK = Pattern.compile("r(\\d+)\\.\\d+");

  private final URI gateway;
  private final TwilioSimulator twilio;
  private final SimulatorEvents events;
  private final Function<String, Utterance> recordings;
  private final Path wav;
  private final PrintStream out;
  private final List<Duration> delays = new ArrayList<>();

  /// @param gateway such as `http://127.0.0.1:7860`, which is also its public host
  /// @param recordings of the caller, by name
  /// @param wav where the call's recording goes
  public Demo(
      URI gateway,
      TwilioSimulator twilio,
      SimulatorEvents events,
      Function<String, Utterance> recordings,
      Path wav,
      PrintStream out) {
    this.gateway = gateway;
    this.twilio = twilio;
    this.events = events;
    this.recordings = recordings;
    this.wav = wav;
    this.out = out;
  }

  /// @return the exit code: 0 if every step happened
  public int run() throws InterruptedException {
    try {
      awaitGateway();
      call();
      return 0;
    } catch (DemoFailure e) {
      out.println();
      out.println("The demo failed at " + e.getMessage());
      return 1;
    }
  }

  private void awaitGateway() throws DemoFailure, InterruptedException {
    GatewayStatus status = new GatewayStatus(gateway);
    out.println("Waiting until " + gateway + "/health/ready says that all services are there …");
    var missing = status.awaitReady(READY);
    if (missing.isPresent()) {
      throw new DemoFailure(
          "the start",
          "the gateway is not ready after " + READY.toSeconds() + " s: " + missing.get());
    }
  }

  private void call() throws DemoFailure, InterruptedException {
    out.println("Calling. Times are seconds since the phone rang.");
    out.println();
    Narrator narrator = new Narrator(events, out);
    Caller caller = twilio.dial(new CallRequest(gateway));
    try (narrator;
        caller) {
      converse(caller, narrator);
      step("the hang-up", caller::hangUp);
    } finally {
      save(caller);
    }
    CallOutcome outcome = caller.outcome();
    check("the end of the call", outcome.status() == CallStatus.COMPLETED, outcome.reason());
    check(
        "the end of the call",
        outcome.streams() == 1 && outcome.errors().isEmpty(),
        outcome.streams() + " streams, errors " + outcome.errors());
    summary(caller);
  }

  private void converse(Caller caller, Narrator narrator) throws DemoFailure {
    step("the connection", () -> caller.awaitStream(CONNECT));
    step("the greeting", () -> caller.awaitAgentSpeaking(CONNECT));
    step("the end of the greeting", () -> caller.awaitAgentQuiet(SPEECH));
    turn(caller, narrator, "greeting");
    interruptedTurn(caller, narrator);
    turn(caller, narrator, "pricing");
    turn(caller, narrator, "bye");
  }

  private void turn(Caller caller, Narrator narrator, String name) throws DemoFailure {
    ask(caller, narrator, name);
    step("the end of the answer to \"" + name + "\"", () -> caller.awaitAgentQuiet(SPEECH));
  }

  private void ask(Caller caller, Narrator narrator, String name) throws DemoFailure {
    Utterance utterance = recordings.apply(name);
    narrator.callerWillSay(utterance);
    step("\"" + name + "\"", () -> caller.says(utterance));
    step("the answer to \"" + name + "\"", () -> caller.awaitAgentSpeaking(ANSWER));
    caller.answerDelay().ifPresent(delays::add);
  }

  /// The answer to one question is interrupted by another one.
  private void interruptedTurn(Caller caller, Narrator narrator) throws DemoFailure {
    ask(caller, narrator, "hours");
    step("the answer to \"hours\"", () -> caller.awaitAgentHeard(LISTENING, ANSWER));
    check(
        "the interruption",
        caller.agentSpeaks(),
        "the answer to \"hours\" was over before it could be interrupted");
    int clears = caller.clearsReceived();
    Utterance stop = recordings.apply("stop");
    narrator.callerWillSay(stop);
    step("\"stop\"", () -> caller.says(stop));
    step("the interruption", () -> caller.awaitClears(clears + 1, CLEAR));
    step("the answer to \"stop\"", () -> caller.awaitAgentSpeaking(ANSWER));
    caller.answerDelay().ifPresent(delays::add);
    step("the end of the answer to \"stop\"", () -> caller.awaitAgentQuiet(SPEECH));
    check(
        "the silence after the interruption",
        !spokeOnAfterClear(caller),
        "the interrupted answer went on after the clear");
  }

  /// Whether a mark of the reply that was cleared last came after the clear.
  private static boolean spokeOnAfterClear(Caller caller) {
    String current = "";
    String cleared = "";
    boolean spokeOn = false;
    for (CallEvent event : caller.recording().events()) {
      if (event instanceof CallEvent.Cleared) {
        cleared = current;
        spokeOn = false;
      } else if (event instanceof CallEvent.MarkReceived(_, String name)) {
        Matcher mark = MARK.matcher(name);
        if (mark.matches()) {
          current = mark.group(1);
          spokeOn |= current.equals(cleared);
        }
      }
    }
    return spokeOn;
  }

  private void summary(Caller caller) throws InterruptedException {
    List<Duration> sorted = delays.stream().sorted().toList();
    String lateness =
        new GatewayStatus(gateway).pacerLateness().orElse("the gateway does not tell");
    long seconds =
        Math.max(caller.recording().caller().length, caller.recording().agent().length) / 8000;
    out.println();
    out.println("Every step happened.");
    row("turns", String.valueOf(delays.size()));
    row(
        "turn latency",
        "median %s, longest %s, from the end of the caller's words to the first frame at the phone"
            .formatted(
                TurnStamps.seconds(sorted.get(sorted.size() / 2).toNanos()),
                TurnStamps.seconds(sorted.getLast().toNanos())));
    row("pacer lateness", lateness);
    row("underruns", caller.underruns() + ", times the caller would have heard a stutter");
    row("barge-ins", String.valueOf(caller.clearsReceived()));
    row("recording", wav + ", " + seconds + " s, the caller left, the agent right");
  }

  private void row(String name, String value) {
    out.printf("  %-16s %s%n", name, value);
  }

  private void save(Caller caller) throws DemoFailure {
    try {
      Files.write(wav, caller.recording().wav());
    } catch (IOException e) {
      throw new DemoFailure("the recording", wav + " cannot be written: " + e.getMessage());
    }
  }

  private static void step(String name, Runnable step) throws DemoFailure {
    try {
      step.run();
    } catch (CallerException e) {
      throw new DemoFailure(name, String.valueOf(e.getMessage()));
    }
  }

  private static void check(String step, boolean happened, String why) throws DemoFailure {
    if (!happened) {
      throw new DemoFailure(step, why);
    }
  }
}
