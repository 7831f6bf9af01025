package voiceagent.gateway.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.playout.Carrier;
import voiceagent.gateway.playout.Playout;
import voiceagent.gateway.record.CallRecord;
import voiceagent.gateway.stage.StageHealth;
import voiceagent.gateway.stage.StageName;
import voiceagent.gateway.turn.TurnState;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.time.Timers;

/// One phone call: reserved, then live, then over. Sockets, stages and timers post to its mailbox;
/// one virtual thread does everything else. What is said in it is its [Dialogue]'s.
final class CallSession implements Runnable, CallLine {
  private static final Logger LOG = System.getLogger(CallSession.class.getName());

  /// How old what is kept of a call may be while the agent speaks.
  private static final Duration SAVE_EVERY = Duration.ofSeconds(1);

  /// Longer than a folder of this machine's takes; a slow one does not hold the line open.
  private static final Duration KEEP_WITHIN = Duration.ofMillis(300);

  /// Phrases that are spoken beside replies have numbers too; a resumed call does not use them
  /// twice.
  private static final long MAX_ASIDES = 100_000;

  /// After a call the brain may take so long to tell what was extracted.
  private static final Duration EXTRACT_WITHIN = Duration.ofSeconds(20);

  private final CallInfo info;
  private final Agent agent;
  private final CallParts parts;
  private final Timers timers;
  private final Mailbox mailbox = new Mailbox(this::overloaded);
  private final CompletableFuture<Admission> reserved = new CompletableFuture<>();
  private final Set<StageName> waitingFor = EnumSet.allOf(StageName.class);
  private final boolean resumed;
  private final int reconnects;
  private final CallRecord record;
  private final Dialogue dialogue;
  private final CompletableFuture<CallOutcome> finished = new CompletableFuture<>();

  private volatile @Nullable Carrier carrier;
  private @Nullable Playout playout;
  private volatile long startedAt;
  private long savedAt;
  private CallOutcome outcome = new CallOutcome.Lost();
  private String endedBy = "";
  private Instant endedAt = Instant.EPOCH;
  private boolean over;

  /// @param base what calls are told where the agent says nothing else
  /// @param agent who answers
  /// @param saved what is known of a call whose stream was lost; empty for a new call
  CallSession(
      CallInfo info, CallConfig base, Agent agent, CallParts parts, Optional<SavedCall> saved) {
    this.info = info;
    this.agent = agent;
    this.parts = parts;
    timers = parts.timers();
    resumed = saved.filter(s -> s.reply() > 0).isPresent(); // else nothing was said before
    reconnects = saved.map(SavedCall::reconnects).orElse(0);
    record =
        parts
            .records()
            .open(info.callSid(), agent.id(), info.from(), info.to(), resumed, Instant.now());
    dialogue =
        new Dialogue(
            info,
            base.of(agent, info.variables()),
            agent,
            parts,
            mailbox,
            record,
            saved,
            new Places(),
            new Owner());
  }

  /// Begins to ask the stages for a place; once.
  void reserve() {
    var _ = Thread.ofVirtual().name("call-" + info.callSid()).start(this);
    mailbox.signal(dialogue::open);
  }

  /// The answer to [#reserve]: all three stages have said yes, or one no.
  CompletableFuture<Admission> reserved() {
    return reserved;
  }

  /// The media stream is there: the conversation begins.
  void start(Carrier stream) {
    mailbox.signal(() -> begin(stream));
  }

  /// Gives up what was reserved, or ends a live call. Harmless when repeated.
  void release(String reason) {
    mailbox.signal(() -> finish(reason));
  }

  /// Ends the call for good, whatever is being said. Harmless when repeated.
  void hangUpNow(String reason) {
    mailbox.signal(() -> {
      if (!over) {
        outcome = new CallOutcome.HangUp();
        finish(reason);
      }
    });
  }

  /// What an operator may see; any thread.
  CallView view() {
    TurnState now = dialogue.state();
    return new CallView(
        info.callSid(),
        agent.id(),
        words(now),
        Duration.ofNanos(timers.nanos() - startedAt),
        now.ids().turn());
  }

  /// How the stream ended, once it has.
  CompletableFuture<CallOutcome> finished() {
    return finished;
  }

  CallInfo info() {
    return info;
  }

  /// How often the call's stream was resumed when this session was made.
  int reconnects() {
    return reconnects;
  }

  @Override
  public void audio(AudioFrame frame) {
    if (!mailbox.audio(() -> dialogue.audio(frame))) {
      parts.meters().lostAudio();
    }
  }

  @Override
  public void mark(String name) {
    mailbox.signal(() -> {
      dialogue.mark(name);
      if (timers.nanos() - savedAt > SAVE_EVERY.toNanos()) {
        changed();
      }
    });
  }

  @Override
  public void dtmf(char digit) {
    mailbox.signal(() -> dialogue.dtmf(digit));
  }

  @Override
  public void ended(String reason) {
    mailbox.signal(() -> {
      if (reason.equals("stop") && outcome instanceof CallOutcome.Lost) {
        outcome = new CallOutcome.Stopped();
      }
      finish(reason);
    });
  }

  @Override
  public void run() {
    CallScope.run(
        info.callSid(),
        () -> {
          try {
            while (!over) {
              step(mailbox.take());
            }
            linger();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// The call is over; what is taken out of it belongs to its record.
  private void linger() throws InterruptedException {
    if (!dialogue.isLive()) {
      return;
    }
    long until = timers.nanos() + EXTRACT_WITHIN.toNanos();
    boolean lost = outcome instanceof CallOutcome.Lost;
    while (!lost && !dialogue.isTold() && timers.nanos() - until < 0) {
      mailbox.poll(Duration.ofMillis(200)).ifPresent(Runnable::run);
    }
    parts.records().keep(info.callSid(), record.document(words(outcome), endedBy, endedAt), lost);
  }

  /// An error of ours ends the call, with a sentence, and no other.
  private void step(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a step of the call failed", e);
      TurnState state = dialogue.state();
      if (state instanceof TurnState.Idle || state instanceof TurnState.Ended) {
        finish("error");
      } else {
        mailbox.signal(dialogue::stageGone);
      }
    }
  }

  /// The call's thread has fallen behind so far that something it needs was lost.
  private void overloaded() {
    Carrier stream = carrier;
    if (stream != null) {
      stream.close("overload");
    }
  }

  private void begin(Carrier stream) {
    carrier = stream;
    Playout opened = parts.pacer().open(stream);
    playout = opened;
    startedAt = timers.nanos();
    record.begins(Instant.now());
    parts.meters().started();
    LOG.log(Level.INFO, resumed ? "call resumed" : "call started");
    dialogue.begin(opened, -reconnects * MAX_ASIDES, resumed);
  }

  private void finish(String reason) {
    if (over) {
      return;
    }
    over = true;
    endedAt = Instant.now();
    endedBy = reason;
    dialogue.close(reason, outcome instanceof CallOutcome.Lost ? "replaced" : reason);
    if (playout != null) {
      parts.pacer().close(playout);
    }
    if (carrier != null) {
      closeOnceKept(carrier, reason);
      parts.meters().ended(reason, Duration.ofNanos(timers.nanos() - startedAt));
      LOG.log(Level.INFO, "call ended: {0}", reason);
    }
    reserved.complete(new Admission.Refused(Admission.Reason.STAGE_UNAVAILABLE));
    parts.onEnd().accept(this, outcome);
    finished.complete(outcome);
  }

  /// Once the stream is closed Twilio asks what comes next, any gateway: it must find the answer
  /// there.
  private void closeOnceKept(Carrier stream, String reason) {
    CompletableFuture<Void> kept =
        outcome instanceof CallOutcome.Lost
            ? save()
            : parts.checkpoints().save(info.callSid(), SavedCall.over(reconnects, outcome));
    var _ =
        kept.completeOnTimeout(null, KEEP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((_, _) -> stream.close(reason));
  }

  /// Keeps what another gateway needs to go on with this call.
  private CompletableFuture<Void> save() {
    savedAt = timers.nanos();
    return parts.checkpoints().save(info.callSid(), dialogue.saved(reconnects));
  }

  /// How a call ended is kept, and stays.
  private void changed() {
    if (!over) {
      var _ = save();
    }
  }

  /// `AgentSpeaking` as "agent-speaking".
  private static String words(Object state) {
    return state
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
        .toLowerCase(Locale.ROOT);
  }

  /// What the dialogue changes in the call.
  private final class Owner implements Dialogue.Owner {
    @Override
    public void changed() {
      CallSession.this.changed();
    }

    @Override
    public void over(CallOutcome how, String reason) {
      outcome = how;
      finish(reason);
    }
  }

  /// The call's places in the stages: all three before it is answered.
  private final class Places implements StageHealth {
    @Override
    public void up(StageName stage) {
      waitingFor.remove(stage);
      if (waitingFor.isEmpty()) {
        reserved.complete(new Admission.Admitted());
      }
      dialogue.stageUp(stage);
    }

    @Override
    public void down(StageName stage, boolean full, String cause) {
      LOG.log(Level.WARNING, "{0} is down: {1}", stage, cause);
      if (dialogue.isLive()) {
        dialogue.stageDown(stage);
      } else if (full) {
        reserved.complete(new Admission.Refused(Admission.Reason.STAGE_FULL));
      } // else there is time until the reservation's bound
    }

    @Override
    public void gone(StageName stage, String cause) {
      LOG.log(Level.ERROR, "{0} is gone: {1}", stage, cause);
      if (dialogue.isLive()) {
        dialogue.stageGone();
      } else {
        finish("stage-gone");
      }
    }
  }
}
