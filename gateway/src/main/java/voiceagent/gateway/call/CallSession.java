package voiceagent.gateway.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.clip.Clip;
import voiceagent.gateway.clip.ClipVoice;
import voiceagent.gateway.observe.TurnTimeline;
import voiceagent.gateway.playout.Carrier;
import voiceagent.gateway.playout.Playout;
import voiceagent.gateway.record.CallRecord;
import voiceagent.gateway.stage.ActionResults;
import voiceagent.gateway.stage.Brain;
import voiceagent.gateway.stage.BrainAction;
import voiceagent.gateway.stage.ReplyReport;
import voiceagent.gateway.stage.SaidKind;
import voiceagent.gateway.stage.SpeechToText;
import voiceagent.gateway.stage.StageHealth;
import voiceagent.gateway.stage.StageName;
import voiceagent.gateway.stage.TextToSpeech;
import voiceagent.gateway.turn.BargeIn;
import voiceagent.gateway.turn.Transition;
import voiceagent.gateway.turn.TurnAction;
import voiceagent.gateway.turn.TurnAction.Phrase;
import voiceagent.gateway.turn.TurnEvent;
import voiceagent.gateway.turn.TurnMachine;
import voiceagent.gateway.turn.TurnState;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.time.Timers;

/// One phone call: reserved, then live, then over. Sockets, stages and timers post to its mailbox;
/// one virtual thread does everything else.
final class CallSession implements Runnable, CallLine {
  private static final Logger LOG = System.getLogger(CallSession.class.getName());

  /// The caller waits in silence for so long, and hears a filler.
  private static final Duration DEAD_AIR = Duration.ofSeconds(3);

  /// How old what is kept of a call may be while the agent speaks.
  private static final Duration SAVE_EVERY = Duration.ofSeconds(1);

  /// Longer than a folder of this machine's takes; a slow one does not hold the line open.
  private static final Duration KEEP_WITHIN = Duration.ofMillis(300);

  /// Phrases that are spoken beside replies have numbers too; a resumed call does not use them
  /// twice.
  private static final long MAX_ASIDES = 100_000;

  private static final Duration WARN_BEFORE_LIMIT = Duration.ofSeconds(30);

  /// Keys that come one after the other within this time are one turn; # ends it at once.
  private static final Duration KEYS_WITHIN = Duration.ofMillis(1500);

  /// After a call the brain may take so long to tell what was extracted.
  private static final Duration EXTRACT_WITHIN = Duration.ofSeconds(20);

  private final CallInfo info;
  private final CallConfig config;
  private final Agent agent;
  private final CallParts parts;
  private final Timers timers;
  private final TurnMachine machine;
  private final Mailbox mailbox = new Mailbox();
  private final CompletableFuture<Admission> reserved = new CompletableFuture<>();
  private final Set<StageName> waitingFor = EnumSet.allOf(StageName.class);
  private final SpeechToText stt;
  private final Brain brain;
  private final TextToSpeech tts;
  private final Relay relay = new Relay();
  private final boolean resumed;
  private final int reconnects;
  private final CompletableFuture<CallOutcome> finished = new CompletableFuture<>();

  private volatile TurnState state;
  private @Nullable Carrier carrier;
  private @Nullable Playout playout;
  private @Nullable Speech speech;
  private @Nullable TurnTimeline timeline;
  private Timers.@Nullable Timer silence;
  private Timers.@Nullable Timer deadAir;
  private Timers.@Nullable Timer keys;
  private @Nullable CallRecord record;
  private String endedBy = "";
  private Instant endedAt = Instant.EPOCH;
  private final PendingActions actions;
  private CallOutcome outcome = new CallOutcome.Lost();
  private volatile long startedAt;
  private long brainStageMicros;

  /// The newest reply that has words.
  private long withText;

  private long savedAt;
  private boolean over;

  /// @param base what calls are told where the agent says nothing else
  /// @param agent who answers
  /// @param saved what is known of a call whose stream was lost; empty for a new call
  CallSession(
      CallInfo info, CallConfig base, Agent agent, CallParts parts, Optional<SavedCall> saved) {
    this.info = info;
    this.agent = agent;
    config = base.of(agent, info.variables());
    resumed = saved.filter(s -> s.reply() > 0).isPresent(); // else nothing was said before
    reconnects = saved.map(SavedCall::reconnects).orElse(0);
    state = saved.map(s -> TurnMachine.resume(s.turn(), s.reply())).orElseGet(TurnMachine::start);
    this.parts = parts;
    timers = parts.timers();
    machine =
        new TurnMachine(
            BargeIn.of(config.minInterruptionWords(), config.agent().language()),
            config.idlePromptMax());
    stt = parts.stages().speechToText(info.callSid(), config.agent(), this::signal, relay, relay);
    byte[] conversation = saved.map(SavedCall::conversation).orElseGet(() -> new byte[0]);
    brain =
        parts
            .stages()
            .brain(
                info.callSid(),
                config.agent(),
                config.variables(),
                conversation,
                this::signal,
                relay,
                relay);
    actions = new PendingActions(timers, mailbox, new Results(), this::playTones);
    tts = parts.stages().textToSpeech(info.callSid(), config.agent(), this::audioTask, relay);
  }

  /// Begins to ask the stages for a place; once.
  void reserve() {
    var _ = Thread.ofVirtual().name("call-" + info.callSid()).start(this);
    signal(() -> {
      stt.open();
      brain.open();
      tts.open();
    });
  }

  /// The answer to [#reserve]: all three stages have said yes, or one no.
  CompletableFuture<Admission> reserved() {
    return reserved;
  }

  /// The media stream is there: the conversation begins.
  void start(Carrier stream) {
    signal(() -> begin(stream));
  }

  /// Gives up what was reserved, or ends a live call. Harmless when repeated.
  void release(String reason) {
    signal(() -> finish(reason));
  }

  /// Ends the call for good, whatever is being said. Harmless when repeated.
  void hangUpNow(String reason) {
    signal(() -> {
      if (!over) {
        outcome = new CallOutcome.HangUp();
        finish(reason);
      }
    });
  }

  /// What an operator may see; any thread.
  CallView view() {
    TurnState now = state;
    return new CallView(
        info.callSid(),
        agent.id(),
        now.getClass()
            .getSimpleName()
            .replaceAll("(?<=[a-z])(?=[A-Z])", "-")
            .toLowerCase(Locale.ROOT),
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
    if (!mailbox.audio(() -> hear(frame))) {
      parts.meters().lostAudio();
    }
  }

  @Override
  public void mark(String name) {
    signal(() -> {
      if (speech != null) {
        speech.mark(name);
        if (timers.nanos() - savedAt > SAVE_EVERY.toNanos()) {
          var _ = save();
        }
      }
    });
  }

  @Override
  public void dtmf(char digit) {
    signal(() -> {
      if (!actions.digit(digit) && agent.policies().keysAreTurns()) {
        key(digit);
      }
    });
  }

  private void hear(AudioFrame frame) {
    if (record != null) {
      record.callerAudio(frame.length());
    }
    stt.audio(frame);
  }

  /// A key that nothing waits for opens or goes on with a turn of the caller's.
  private void key(char digit) {
    if (state instanceof TurnState.Idle || over) {
      return;
    }
    brain.dtmf(digit);
    cancel(keys);
    if (digit == '#') {
      advance(new TurnEvent.KeysPressed());
    } else {
      keys = timers.after(KEYS_WITHIN, () -> signal(() -> advance(new TurnEvent.KeysPressed())));
    }
  }

  @Override
  public void ended(String reason) {
    signal(() -> {
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
    CallRecord kept = record;
    if (kept == null) {
      return;
    }
    long until = timers.nanos() + EXTRACT_WITHIN.toNanos();
    boolean lost = outcome instanceof CallOutcome.Lost;
    while (!lost && !brain.isClosed() && timers.nanos() - until < 0) {
      mailbox.poll(Duration.ofMillis(200)).ifPresent(Runnable::run);
    }
    String word = outcome.getClass().getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-");
    parts
        .records()
        .keep(kept.call(), kept.document(word.toLowerCase(Locale.ROOT), endedBy, endedAt), lost);
  }

  /// An error of ours ends the call, with a sentence, and no other.
  private void step(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a step of the call failed", e);
      if (state instanceof TurnState.Idle || state instanceof TurnState.Ended) {
        finish("error");
      } else {
        signal(() -> advance(new TurnEvent.StageGone()));
      }
    }
  }

  private void signal(Runnable task) {
    if (!mailbox.signal(task) && carrier != null) {
      carrier.close("overload");
    }
  }

  private void audioTask(Runnable task) {
    if (!mailbox.audio(task) && carrier != null) {
      carrier.close("overload");
    }
  }

  private void begin(Carrier stream) {
    carrier = stream;
    Playout opened = parts.pacer().open(stream);
    playout = opened;
    speech =
        new Speech(
            parts.clips(),
            opened,
            timers,
            mailbox,
            tts,
            -reconnects * MAX_ASIDES,
            this::clip,
            relay);
    tts.tell(speech);
    startedAt = timers.nanos();
    record =
        new CallRecord(info.callSid(), agent.id(), info.from(), info.to(), resumed, Instant.now());
    parts.meters().started();
    LOG.log(Level.INFO, resumed ? "call resumed" : "call started");
    limitTime();
    advance(new TurnEvent.Started(resumed));
  }

  /// What somebody has recorded for the agent, or its own voice has spoken before.
  private Optional<Clip> clip(String text) {
    return parts
        .agentClips()
        .find(agent, text)
        .map(mulaw -> new Clip(mulaw, List.of()))
        .or(() -> parts.clipCache().find(ClipVoice.of(agent), text));
  }

  private void limitTime() {
    var _ = timers.after(config.maxCall(), () -> signal(() -> advance(new TurnEvent.TimeLimit())));
    if (config.maxCall().compareTo(WARN_BEFORE_LIMIT.multipliedBy(2)) >= 0) {
      var _ =
          timers.after(
              config.maxCall().minus(WARN_BEFORE_LIMIT),
              () -> signal(() -> aside(Clips.Name.TIME_WARNING, SaidKind.PROMPT)));
    }
  }

  private void advance(TurnEvent event) {
    Transition transition = machine.next(state, event);
    if (!transition.state().getClass().equals(state.getClass())) {
      LOG.log(
          Level.DEBUG,
          "{0} on {1}",
          transition.state().getClass().getSimpleName(),
          event.getClass().getSimpleName());
    }
    boolean overAgent = state instanceof TurnState.AgentSpeaking;
    state = transition.state();
    if (overAgent && event instanceof TurnEvent.EndOfTurn) {
      parts.meters().bargeIn(!(state instanceof TurnState.AgentSpeaking));
    } else if (overAgent && state instanceof TurnState.CallerSpeaking) {
      parts.meters().bargeIn(true);
    }
    if (!(state instanceof TurnState.Listening)) {
      cancel(silence);
    }
    if (!(state instanceof TurnState.Thinking)) {
      cancel(deadAir);
    }
    transition.actions().forEach(this::perform);
  }

  private void perform(TurnAction action) {
    switch (action) {
      case TurnAction.Say(long reply, Phrase phrase) -> say(reply, phrase);
      case TurnAction.Ask(long turn, long reply, String text) -> ask(turn, reply, text);
      case TurnAction.ClearPlayback _ -> voice().silence();
      case TurnAction.CancelReply(long reply) -> cancelReply(reply);
      case TurnAction.AwaitCaller _ -> {
        atTurnBoundary();
        cancel(silence);
        silence =
            timers.after(config.idlePrompt(), () -> signal(() -> advance(new TurnEvent.Silence())));
      }
      case TurnAction.HangUp(String reason) -> hangUp(reason);
    }
  }

  private void say(long reply, Phrase phrase) {
    switch (phrase) {
      case GREETING ->
          voice()
              .say(reply, config.agent().greeting(), SaidKind.GREETING, Clips.Name.GREETING, false);
      case PROMPT -> say(reply, Clips.Name.PROMPT, SaidKind.PROMPT, false);
      case GOODBYE -> say(reply, Clips.Name.GOODBYE, SaidKind.GOODBYE, false);
      case TIME_LIMIT -> say(reply, Clips.Name.TIME_LIMIT, SaidKind.GOODBYE, false);
      case RESUMED -> say(reply, Clips.Name.RESUMED, SaidKind.APOLOGY, false);
      case APOLOGY -> say(reply, Clips.Name.APOLOGY, SaidKind.APOLOGY, true);
      case TROUBLE -> say(reply, Clips.Name.TROUBLE, SaidKind.APOLOGY, true);
    }
  }

  private void say(long reply, Clips.Name clip, SaidKind kind, boolean clipOnly) {
    voice().say(reply, clip.text(), kind, clip, clipOnly);
  }

  private void aside(Clips.Name clip, SaidKind kind) {
    if (speech != null && !(state instanceof TurnState.Ended)) {
      speech.aside(clip, kind);
    }
  }

  private void ask(long turn, long reply, String text) {
    LOG.log(Level.INFO, "turn {0} asks for reply {1}", String.valueOf(turn), String.valueOf(reply));
    atTurnBoundary();
    voice().settle();
    voice().expect(reply);
    if (record != null) {
      record.caller(turn, text, Instant.now());
    }
    cancel(keys);
    brain.ask(turn, reply, text);
    var _ = save();
    cancel(deadAir);
    deadAir =
        timers.after(
            DEAD_AIR,
            () ->
                signal(() -> {
                  if (state instanceof TurnState.Thinking) {
                    LOG.log(Level.WARNING, "dead air: no answer after 3 s");
                    parts.meters().deadAir("answer", DEAD_AIR);
                    aside(Clips.Name.FILLER, SaidKind.FILLER);
                  }
                }));
  }

  /// The order of an interruption: playout and carrier were cleared before; now the speech stage,
  /// then the brain. What was heard follows when the carrier has told it, before the next question.
  private void cancelReply(long reply) {
    SaidKind kind = voice().kind();
    voice().abandon(reply);
    if (kind == null) {
      brain.cancel(reply);
    }
    actions.cancelled(reply);
  }

  private void report(long reply, @Nullable SaidKind kind, String heard, boolean whole) {
    if (record != null) {
      String word = kind == null ? "answer" : kind.name().toLowerCase(Locale.ROOT);
      record.agent(reply, word, heard, whole, Instant.now());
    }
    if (kind == null) {
      brain.played(reply, heard, whole);
    } else if (!heard.isEmpty()) {
      brain.said(reply, heard, kind);
    }
  }

  private void atTurnBoundary() {
    stt.turnBoundary();
    brain.turnBoundary();
    tts.turnBoundary();
  }

  /// The goodbye is heard first: a reply that has not begun to sound is waited for.
  private void endAfter(long reply) {
    if (actions.ends(reply)) {
      advance(new TurnEvent.HangUpAfter(reply));
    }
  }

  private void hangUp(String reason) {
    outcome =
        actions
            .ending(state.ids().reply())
            .map(CallSession::outcomeOf)
            .orElseGet(CallOutcome.HangUp::new);
    finish(reason);
  }

  private static CallOutcome outcomeOf(BrainAction.Ending ending) {
    return switch (ending) {
      case BrainAction.HangUp _ -> new CallOutcome.HangUp();
      case BrainAction.Transfer(String destination) -> new CallOutcome.Transfer(destination);
    };
  }

  private void playTones(byte[] mulaw) {
    voice().tones(mulaw);
  }

  private void finish(String reason) {
    if (over) {
      return;
    }
    long reply = state.ids().reply();
    if (speech != null) {
      speech.abandon(reply);
      speech.settle();
    }
    over = true;
    endedAt = Instant.now();
    endedBy = reason;
    state = machine.next(state, new TurnEvent.Stopped()).state();
    cancel(silence);
    cancel(deadAir);
    cancel(keys);
    stt.close(reason);
    brain.close(outcome instanceof CallOutcome.Lost ? "replaced" : reason);
    tts.close(reason);
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
    byte[] conversation =
        speech == null ? brain.resumable(0, null, "") : speech.withHeardSoFar(brain::resumable);
    return parts
        .checkpoints()
        .save(
            info.callSid(),
            new SavedCall(state.ids().turn(), state.ids().reply(), reconnects, conversation));
  }

  private Speech voice() {
    if (speech == null) {
      throw new IllegalStateException("the call has no stream yet");
    }
    return speech;
  }

  private static void cancel(Timers.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  /// What became of actions: the brain is told, and asked for an answer to digits it waited for.
  private final class Results implements ActionResults {
    @Override
    public void actionDone(String id, String digits) {
      brain.actionDone(id, digits);
      keep(id, "done");
      if (!digits.isEmpty()) {
        signal(() -> advance(new TurnEvent.KeysPressed()));
      }
    }

    @Override
    public void actionCancelled(String id) {
      brain.actionCancelled(id);
      keep(id, "cancelled");
    }

    @Override
    public void actionTimedOut(String id) {
      brain.actionTimedOut(id);
      keep(id, "timed-out");
      signal(() -> advance(new TurnEvent.KeysPressed()));
    }

    @Override
    public void actionFailed(String id, String detail) {
      brain.actionFailed(id, detail);
      keep(id, "failed");
    }

    private void keep(String id, String outcome) {
      if (record != null) {
        record.action(id, outcome);
      }
    }
  }

  /// What stages and voice tell, turned into events of the turn machine.
  private final class Relay
      implements SpeechToText.Listener, Brain.Listener, Speech.Listener, StageHealth {
    @Override
    public void speechStarted() {
      if (config.interruptionHold() && state instanceof TurnState.AgentSpeaking) {
        voice().hold();
      }
    }

    @Override
    public void words(String text) {
      if (speech != null) {
        advance(new TurnEvent.Words(text, speech.interruptible()));
      }
    }

    @Override
    public void endOfTurn(String text, long stageMicros) {
      if (speech != null) {
        timeline = new TurnTimeline(timers.nanos(), stageMicros);
        advance(new TurnEvent.EndOfTurn(text, speech.interruptible()));
      }
    }

    @Override
    public void clause(long reply, int clause, String text, boolean last, boolean interruptible) {
      if (timeline != null) {
        timeline.clause(timers.nanos());
      }
      withText = reply;
      voice().clause(reply, clause, text, last, interruptible);
    }

    @Override
    public void clip(long reply, String id, String text) {
      withText = reply;
      if (timeline != null) {
        timeline.clause(timers.nanos());
      }
      voice().answer(reply, text);
    }

    @Override
    public void action(long reply, String id, BrainAction action) {
      actions.add(reply, id, action);
      boolean spokenFirst = state instanceof TurnState.Thinking; // what it says is not heard yet
      if (!spokenFirst) {
        endAfter(reply);
      }
    }

    @Override
    public void done(long reply, ReplyReport report) {
      brainStageMicros = report.stageMicros();
      if (record != null) {
        record.report(reply, report);
      }
      if (withText != reply) {
        endAfter(reply);
      }
    }

    @Override
    public void extracted(String schema, String json) {
      if (record != null) {
        parts.records().extracted(info.callSid(), schema, record.extraction(schema, json));
      }
    }

    @Override
    public void checkpointed() {
      if (!over) { // else how the call ended is kept, and stays
        var _ = save();
      }
    }

    @Override
    public void failed(long reply, String cause) {
      LOG.log(Level.WARNING, "reply {0} failed: {1}", String.valueOf(reply), cause);
      if (!voice().cut(reply)) {
        advance(new TurnEvent.ReplyFailed(reply));
      }
    }

    @Override
    public void started(long reply) {
      if (timeline != null && reply == state.ids().reply()) {
        timeline.audio(timers.nanos());
      }
      advance(new TurnEvent.ReplyStarted(reply));
      endAfter(reply);
    }

    @Override
    public void heard(long reply, @Nullable SaidKind said, String text, boolean whole) {
      report(reply, said, text, whole);
      actions.heard(reply);
      advance(new TurnEvent.ReplyHeard(reply));
    }

    @Override
    public void cutOff(long reply, @Nullable SaidKind said, String heard) {
      report(reply, said, heard, false);
    }

    @Override
    public void unspeakable(long reply, String cause) {
      if (actions.has(reply)) { // a reply may do something and say nothing
        boolean ends = actions.ends(reply);
        actions.heard(reply);
        advance(ends ? new TurnEvent.HangUpAfter(reply) : new TurnEvent.ReplyHeard(reply));
        return;
      }
      LOG.log(Level.WARNING, "reply {0} has no sound: {1}", String.valueOf(reply), cause);
      brain.cancel(reply);
      advance(new TurnEvent.ReplyFailed(reply));
    }

    @Override
    public void spoken(long reply, long firstAudioMicros, long stageMicros, long characters) {
      if (record != null) {
        record.spoken(characters);
      }
      if (timeline != null && voice().kind() == null) {
        TurnTimeline.Figures figures = timeline.figures(brainStageMicros, stageMicros);
        parts.meters().turn(figures);
        if (record != null) {
          record.timings(reply, figures);
        }
        timeline = null;
      }
    }

    @Override
    public void up(StageName stage) {
      waitingFor.remove(stage);
      if (waitingFor.isEmpty()) {
        reserved.complete(new Admission.Admitted());
      }
      if (stage == StageName.TTS && speech != null) {
        speech.stageUp(true);
      }
    }

    @Override
    public void down(StageName stage, boolean full, String cause) {
      LOG.log(Level.WARNING, "{0} is down: {1}", stage, cause);
      if (speech == null) {
        if (full) {
          reserved.complete(new Admission.Refused(Admission.Reason.STAGE_FULL));
        }
        return; // else there is time until the reservation's bound
      }
      if (stage == StageName.TTS) {
        speech.stageUp(false);
      }
      aside(Clips.Name.STAGE_DOWN, SaidKind.APOLOGY);
    }

    @Override
    public void gone(StageName stage, String cause) {
      LOG.log(Level.ERROR, "{0} is gone: {1}", stage, cause);
      if (speech == null) {
        finish("stage-gone");
      } else {
        advance(new TurnEvent.StageGone());
      }
    }
  }
}
