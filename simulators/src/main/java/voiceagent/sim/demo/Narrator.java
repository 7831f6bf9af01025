package voiceagent.sim.demo;

import java.io.PrintStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

/// Prints a call as it happens, from what the simulators see: the caller's words as the recogniser
/// understood them, the agent's as they are spoken, and what each stage took.
///
/// Events come on the simulators' threads and are printed on one of its own.
final class Narrator implements AutoCloseable {
  /// Full: events are lost from the print-out.
  private static final int MAX_WAITING = 10_000;

  private static final long NANOS_PER_SAMPLE = 125_000;
  private static final String CONTINUED = " ".repeat(20);

  private sealed interface Item {
    record Seen(SimulatorEvent event) implements Item {}

    record CallerWill(Utterance utterance) implements Item {}

    record Note(String text) implements Item {}

    record End() implements Item {}
  }

  private final PrintStream out;
  private final BlockingQueue<Item> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
  private final Thread printer;
  private long began;
  private boolean inCall;
  private boolean clauseShown;
  private @Nullable Utterance next;
  private @Nullable TurnStamps turn;

  Narrator(SimulatorEvents events, PrintStream out) {
    this.out = out;
    printer = Thread.ofPlatform().name("narrator").daemon().start(this::print);
    events.listen(e -> post(new Item.Seen(e)));
  }

  /// The caller is about to say this.
  void callerWillSay(Utterance utterance) {
    post(new Item.CallerWill(utterance));
  }

  /// A line of its own.
  void note(String text) {
    post(new Item.Note(text));
  }

  /// Prints what waits, then no more.
  @Override
  public void close() {
    post(new Item.End());
    try {
      printer.join(2000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void post(Item item) {
    var _ = waiting.offer(item);
  }

  private void print() {
    try {
      while (true) {
        switch (waiting.take()) {
          case Item.Seen(SimulatorEvent event) -> seen(event);
          case Item.CallerWill(Utterance utterance) -> next = utterance;
          case Item.Note(String text) -> out.println(text);
          case Item.End() -> {
            return;
          }
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void seen(SimulatorEvent event) {
    if (event.simulator().equals("twilio")) {
      carrier(event);
    } else if (inCall) {
      stage(event);
    }
  }

  private void carrier(SimulatorEvent event) {
    switch (event.kind()) {
      case "dialled" -> {
        began = event.nanos();
        inCall = true;
      }
      case "answered" -> line(event, "call", "answered");
      case "refused" -> line(event, "call", "refused: " + event.detail());
      case "stream-started" -> line(event, "call", "connected to the agent");
      case "caller-says" -> turn = stamps(event);
      case "agent-speaks" -> agentSpeaks(event);
      case "clear" ->
          line(event, "call", "the agent is interrupted: what it had still to say is gone");
      case "error" -> line(event, "twilio", event.detail());
      case "hang-up" -> line(event, "call", "hung up by " + event.detail());
      case "stream-ended" -> {
        line(event, "call", "over: " + event.detail());
        inCall = false;
      }
      default -> {} // not for newcomers
    }
  }

  private void stage(SimulatorEvent event) {
    TurnStamps stamps = turn;
    switch (event.simulator() + " " + event.kind()) {
      case "deepgram final", "deepgram end-of-turn" -> {
        if (!event.detail().isEmpty()) {
          line(event, "caller", event.detail());
        }
        if (stamps != null) {
          stamps.heard(event.nanos());
        }
      }
      case "groq first-token" -> {
        if (stamps != null) {
          stamps.thought(event.nanos());
        }
      }
      case "cartesia first-audio" -> {
        if (stamps != null) {
          stamps.voiced(event.nanos());
        }
      }
      case "cartesia clause" -> {
        clauseShown = true;
        line(event, "agent", event.detail());
      }
      default -> {} // not for newcomers
    }
  }

  private void agentSpeaks(SimulatorEvent event) {
    if (!clauseShown) {
      line(event, "agent", "(a phrase that the gateway holds as audio)");
    }
    clauseShown = false;
    TurnStamps stamps = turn;
    if (stamps != null) {
      out.println(CONTINUED + stamps.until(event.nanos()));
      turn = null;
    }
  }

  /// The first frame is told when it is sent, 20 ms after its sound began.
  private @Nullable TurnStamps stamps(SimulatorEvent event) {
    Utterance said = next;
    if (said == null) {
      return null;
    }
    long samples = said.words().stream().mapToLong(SpokenWord::end).max().orElse(0);
    return new TurnStamps(event.nanos() + (samples - 160) * NANOS_PER_SAMPLE);
  }

  private void line(SimulatorEvent event, String who, String what) {
    out.printf("  %6.2f s  %-8s  %s%n", (event.nanos() - began) / 1e9, who, what);
  }
}
