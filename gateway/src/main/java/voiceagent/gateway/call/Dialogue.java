package voiceagent.gateway.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.clip.Clip;
import voiceagent.gateway.clip.ClipVoice;
import voiceagent.gateway.observe.TurnTimeline;
import voiceagent.gateway.playout.Playout;
import voiceagent.gateway.record.CallRecord;
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
import voiceagent.kit.time.Timers;

/// What is said in one call and whose turn it is: turns what stages, voice and caller tell into
/// events of the turn machine, and does what it answers. On the call's thread, but for [#view].
final class Dialogue implements SpeechToText.Listener, Brain.Listener, Speech.Listener {
  private static final Logger LOG = System.getLogger(Dialogue.class.getName());

  /// The call that the dialogue is of.
  interface Owner {
    /// What another gateway needs to go on has changed.
    void changed();

    /// Nothing more is said.
    ///
    /// @param outcome what becomes of the call
    /// @param reason one word for logs and metrics
    void over(CallOutcome outcome, String reason);
  }

  /// The caller waits in silence for so long, and hears a filler.
  private static final Duration DEAD_AIR = Duration.ofSeconds(3);

  /// So long within a reply, and the rest of it is not waited for: longer than brain and voice have
  /// to recover.
  private static final Duration GIVE_UP_AFTER = Duration.ofSeconds(5);

  private static final Duration WARN_BEFORE_LIMIT = Duration.ofSeconds(30);

  /// Keys that come one after the other within this time are one turn; # ends it at once.
  private static final Duration KEYS_WITHIN = Duration.ofMillis(1500);

  private final CallInfo info;
  private final CallConfig config;
  private final Agent agent;
  private final CallParts parts;
  private final Timers timers;
  private final Mailbox mailbox;
  private final Owner owner;
  private final TurnMachine machine;
  private final SpeechToText stt;
  private final Brain brain;
  private final TextToSpeech tts;
  private final CallRecord record;
  private final PendingActions actions;
  private volatile TurnState state;
  private @Nullable Speech speech;
  private @Nullable TurnTimeline timeline;
  private Timers.@Nullable Timer silence;
  private Timers.@Nullable Timer deadAir;
  private Timers.@Nullable Timer keys;
  private long brainStageMicros;

  /// The newest reply that has words.
  private long withText;

  /// @param config what the agent is told
  /// @param record where what is said is kept
  /// @param saved where a lost stream left it; empty for a new call
  Dialogue(
      CallInfo info,
      CallConfig config,
      Agent agent,
      CallParts parts,
      Mailbox mailbox,
      CallRecord record,
      Optional<SavedCall> saved,
      StageHealth health,
      Owner owner) {
    this.info = info;
    this.config = config;
    this.agent = agent;
    this.parts = parts;
    this.mailbox = mailbox;
    this.record = record;
    this.owner = owner;
    timers = parts.timers();
    state = saved.map(s -> TurnMachine.resume(s.turn(), s.reply())).orElseGet(TurnMachine::start);
    machine =
        new TurnMachine(
            BargeIn.of(config.minInterruptionWords(), config.agent().language()),
            config.idlePromptMax());
    stt =
        parts.stages().speechToText(info.callSid(), config.agent(), mailbox::signal, this, health);
    brain =
        parts
            .stages()
            .brain(
                info.callSid(),
                config.agent(),
                config.variables(),
                saved.map(SavedCall::conversation).orElseGet(() -> new byte[0]),
                mailbox::signal,
                this,
                health);
    tts = parts.stages().textToSpeech(info.callSid(), config.agent(), mailbox::agentAudio, health);
    actions =
        new PendingActions(
            timers,
            mailbox,
            new ActionReports(
                brain, record, () -> mailbox.signal(() -> advance(new TurnEvent.KeysPressed()))),
            mulaw -> voice().tones(mulaw));
  }

  /// Asks the three stages for a place.
  void open() {
    stt.open();
    brain.open();
    tts.open();
  }

  /// The media stream is there: the agent greets, or goes on.
  ///
  /// @param asidesBefore 0, or a number below all that were given to asides of this call before
  void begin(Playout playout, long asidesBefore, boolean resumed) {
    speech =
        new Speech(parts.clips(), playout, timers, mailbox, tts, asidesBefore, this::clip, this);
    tts.tell(speech);
    limitTime();
    advance(new TurnEvent.Started(resumed));
  }

  /// The turn machine's state; any thread.
  TurnState state() {
    return state;
  }

  /// Whether the media stream is there.
  boolean isLive() {
    return speech != null;
  }

  /// The next stretch of the caller's audio.
  void audio(AudioFrame frame) {
    record.callerAudio(frame.length());
    stt.audio(frame);
  }

  /// A mark came back.
  void mark(String name) {
    if (speech != null) {
      speech.mark(name);
    }
  }

  /// The caller pressed a key.
  void dtmf(char digit) {
    if (!actions.digit(digit) && agent.policies().keysAreTurns()) {
      key(digit);
    }
  }

  /// A stage has a place for the call, for the first time or again.
  void stageUp(StageName stage) {
    if (stage == StageName.TTS && speech != null) {
      speech.stageUp(true);
    }
  }

  /// A stage is lost for now: the caller is told.
  void stageDown(StageName stage) {
    if (stage == StageName.TTS) {
      voice().stageUp(false);
    }
    aside(Clips.Name.STAGE_DOWN, SaidKind.APOLOGY);
  }

  /// The call cannot go on: the caller is told, and it ends.
  void stageGone() {
    advance(new TurnEvent.StageGone());
  }

  /// Nothing more is said; what was heard is told to brain and record, and the stages are left.
  ///
  /// @param toBrain the reason that the brain is told
  void close(String reason, String toBrain) {
    if (speech != null) {
      speech.abandon(state.ids().reply());
      speech.settle();
    }
    state = machine.next(state, new TurnEvent.Stopped()).state();
    cancel(silence);
    cancel(deadAir);
    cancel(keys);
    stt.close(reason);
    brain.close(toBrain);
    tts.close(reason);
  }

  /// Whether the brain has told all that it takes out of a conversation that is over.
  boolean isTold() {
    return brain.isClosed();
  }

  /// What another gateway needs to go on.
  SavedCall saved(int reconnects) {
    byte[] conversation =
        speech == null ? brain.resumable(0, null, "") : speech.withHeardSoFar(brain::resumable);
    return new SavedCall(state.ids().turn(), state.ids().reply(), reconnects, conversation);
  }

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
  public void eagerEndOfTurn(String text) {
    if (speech != null && actions.isEmpty()) { // what a tool brings belongs to the answer (L22)
      advance(new TurnEvent.ProbablyOver(text));
    }
  }

  @Override
  public void turnResumed() {
    advance(new TurnEvent.GoesOn());
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
    record.report(reply, report);
    if (withText != reply) {
      endAfter(reply);
    }
  }

  @Override
  public void extracted(String schema, String json) {
    parts.records().extracted(info.callSid(), schema, record.extraction(schema, json));
  }

  @Override
  public void checkpointed() {
    owner.changed();
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
  public void silent(long reply, Duration lasting) {
    if (lasting.equals(Speech.SOUND_WITHIN)) {
      LOG.log(Level.WARNING, "dead air: reply {0} has no sound for 1 s", String.valueOf(reply));
      parts.meters().deadAir("reply", lasting);
    }
    if (lasting.compareTo(GIVE_UP_AFTER) >= 0) {
      LOG.log(Level.WARNING, "the rest of reply {0} is given up", String.valueOf(reply));
      brain.cancel(reply);
      voice().giveUp(reply);
    }
  }

  @Override
  public void spoken(long reply, long firstAudioMicros, long stageMicros, long characters) {
    record.spoken(characters);
    if (timeline != null && voice().kind() == null) {
      TurnTimeline.Figures figures = timeline.figures(brainStageMicros, stageMicros);
      parts.meters().turn(figures);
      record.timings(reply, figures);
      timeline = null;
    }
  }

  /// A key that nothing waits for opens or goes on with a turn of the caller's.
  private void key(char digit) {
    if (state instanceof TurnState.Idle || state instanceof TurnState.Ended) {
      return;
    }
    brain.dtmf(digit);
    cancel(keys);
    if (digit == '#') {
      advance(new TurnEvent.KeysPressed());
    } else {
      keys = after(KEYS_WITHIN, () -> advance(new TurnEvent.KeysPressed()));
    }
  }

  private void limitTime() {
    var _ = after(config.maxCall(), () -> advance(new TurnEvent.TimeLimit()));
    if (config.maxCall().compareTo(WARN_BEFORE_LIMIT.multipliedBy(2)) >= 0) {
      var _ =
          after(
              config.maxCall().minus(WARN_BEFORE_LIMIT),
              () -> aside(Clips.Name.TIME_WARNING, SaidKind.PROMPT));
    }
  }

  /// What somebody has recorded for the agent, or its own voice has spoken before.
  private Optional<Clip> clip(String text) {
    return parts
        .agentClips()
        .find(agent, text)
        .map(mulaw -> new Clip(mulaw, List.of()))
        .or(() -> parts.clipCache().find(ClipVoice.of(agent), text));
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
      case TurnAction.Prepare(long turn, long reply, String text) -> {
        voice().settle(); // what was heard comes before the question
        brain.prepare(turn, reply, text);
      }
      case TurnAction.Discard(long reply) -> brain.discard(reply);
      case TurnAction.ClearPlayback _ -> voice().silence();
      case TurnAction.CancelReply(long reply) -> cancelReply(reply);
      case TurnAction.AwaitCaller _ -> {
        atTurnBoundary();
        cancel(silence);
        silence = after(config.idlePrompt(), () -> advance(new TurnEvent.Silence()));
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
    record.caller(turn, text, Instant.now());
    cancel(keys);
    brain.ask(turn, reply, text);
    owner.changed();
    cancel(deadAir);
    deadAir = after(DEAD_AIR, this::fillSilence);
  }

  private void fillSilence() {
    if (state instanceof TurnState.Thinking) {
      LOG.log(Level.WARNING, "dead air: no answer after 3 s");
      parts.meters().deadAir("answer", DEAD_AIR);
      aside(Clips.Name.FILLER, SaidKind.FILLER);
    }
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
    String word = kind == null ? "answer" : kind.name().toLowerCase(Locale.ROOT);
    record.agent(reply, word, heard, whole, Instant.now());
    if (kind == null) {
      brain.played(reply, heard, whole);
    } else if (!heard.isEmpty()) {
      brain.said(reply, heard, kind);
    }
  }

  private void atTurnBoundary() {
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
    CallOutcome outcome =
        actions
            .ending(state.ids().reply())
            .map(Dialogue::outcomeOf)
            .orElseGet(CallOutcome.HangUp::new);
    owner.over(outcome, reason);
  }

  private static CallOutcome outcomeOf(BrainAction.Ending ending) {
    return switch (ending) {
      case BrainAction.HangUp _ -> new CallOutcome.HangUp();
      case BrainAction.Transfer(String destination) -> new CallOutcome.Transfer(destination);
    };
  }

  private Speech voice() {
    if (speech == null) {
      throw new IllegalStateException("the call has no stream yet");
    }
    return speech;
  }

  private Timers.Timer after(Duration delay, Runnable task) {
    return timers.after(delay, () -> mailbox.signal(task));
  }

  private static void cancel(Timers.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}
