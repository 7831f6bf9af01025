package voiceagent.gateway.call;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.clip.Clip;
import voiceagent.gateway.playout.HeardLedger.TimedWord;
import voiceagent.gateway.playout.MarkEcho;
import voiceagent.gateway.playout.Playout;
import voiceagent.gateway.stage.SaidKind;
import voiceagent.gateway.stage.TextToSpeech;
import voiceagent.kit.time.Timers;

/// The agent's voice in one call: clauses to the speech stage, its audio to playout, and what of it
/// was heard. On the call's thread.
///
/// One reply is current; audio that carries another reply's number is dropped. A clip may be played
/// beside it ([#aside]) without ending it.
final class Speech implements TextToSpeech.Listener {
  /// Told how a reply fares.
  interface Listener {
    /// The first audio of a reply is on its way to the carrier.
    void started(long reply);

    /// All audio of a reply was heard.
    ///
    /// @param said null for an answer of the brain's
    /// @param whole false if the speech stage failed midway
    void heard(long reply, @Nullable SaidKind said, String text, boolean whole);

    /// A reply was given up, and what was heard of it is known: nothing, perhaps.
    ///
    /// @param said null for an answer of the brain's
    void cutOff(long reply, @Nullable SaidKind said, String heard);

    /// Nothing of a reply could be spoken.
    void unspeakable(long reply, String cause);

    /// A reply is not at its end, and the caller has heard nothing for a while; told every
    /// [#SOUND_WITHIN].
    ///
    /// @param lasting how long, about
    void silent(long reply, Duration lasting);

    /// What the speech stage took for a reply.
    ///
    /// @param characters sent to the provider
    void spoken(long reply, long firstAudioMicros, long stageMicros, long characters);
  }

  private static final Duration HOLD = Duration.ofSeconds(2);

  /// How long the carrier may take to tell where it cut a reply off; then it is reckoned.
  private static final Duration CUT_WITHIN = Duration.ofSeconds(1);

  /// A reply that has begun to sound goes on sounding, or its listener is told (L8).
  static final Duration SOUND_WITHIN = Duration.ofSeconds(1);

  private final Clips clips;
  private final Playout playout;
  private final Timers timers;
  private final Mailbox mailbox;
  private final Listener listener;
  private final Function<String, Optional<Clip>> recordings;
  private final TextToSpeech tts;
  private @Nullable SpokenReply current;
  private @Nullable SpokenReply aside;

  /// Given up; the carrier has not told yet where it was cut off.
  private @Nullable SpokenReply unsettled;

  private long asides;
  private boolean stageUp = true;

  /// @param recordings a sentence as a clip in the agent's own voice
  /// @param asidesBefore 0, or a number below all that were given to asides of this call before
  Speech(
      Clips clips,
      Playout playout,
      Timers timers,
      Mailbox mailbox,
      TextToSpeech tts,
      long asidesBefore,
      Function<String, Optional<Clip>> recordings,
      Listener listener) {
    this.clips = clips;
    this.playout = playout;
    this.timers = timers;
    this.mailbox = mailbox;
    this.tts = tts;
    this.listener = listener;
    this.recordings = recordings;
    asides = asidesBefore;
  }

  /// Whether the speech stage can be asked; while not, phrases come from clips.
  void stageUp(boolean up) {
    stageUp = up;
  }

  /// The next reply is an answer of the brain's; its clauses follow.
  void expect(long reply) {
    current = new SpokenReply(reply, null, null);
  }

  /// Speaks a phrase of ours as a reply.
  ///
  /// @param text what is said: by a clip in the agent's voice where there is one, else by the
  ///   speech stage
  /// @param clip what is played while that stage is down
  /// @param clipOnly the speech stage is not asked
  void say(long reply, String text, SaidKind kind, Clips.Name clip, boolean clipOnly) {
    SpokenReply spoken = new SpokenReply(reply, kind, clip);
    current = spoken;
    Optional<Clip> recorded = recordings.apply(text);
    if (recorded.isPresent()) {
      play(spoken, text, recorded.get());
    } else if (clipOnly || !stageUp) {
      play(spoken, clip);
    } else {
      clause(reply, 0, text, true, true);
    }
  }

  /// The whole of the current answer, as the agent's clip of it where there is one; of another
  /// reply it is dropped.
  void answer(long reply, String text) {
    SpokenReply spoken = current;
    Optional<Clip> recorded = recordings.apply(text);
    if (spoken != null && spoken.id == reply && !spoken.hasText && recorded.isPresent()) {
      play(spoken, text, recorded.get());
    } else {
      clause(reply, 0, text, true, true);
    }
  }

  /// Plays a clip without ending what is being said; it comes after what waits.
  void aside(Clips.Name clip, SaidKind kind) {
    SpokenReply spoken = new SpokenReply(--asides, kind, clip);
    aside = spoken;
    play(spoken, clip);
  }

  /// Plays sounds that are no words, behind what waits.
  void tones(byte[] mulaw) {
    long id = --asides;
    playout.audio(id, mulaw);
    playout.replyEnd(id);
  }

  /// A clause of the current answer; of another it is dropped.
  void clause(long reply, int index, String text, boolean last, boolean interruptible) {
    SpokenReply spoken = current;
    if (spoken == null || spoken.id != reply || spoken.whole) {
      return;
    }
    if (text.isBlank() && !spoken.hasText) {
      if (last) {
        listener.unspeakable(reply, "the answer has no words");
      }
      return;
    }
    spoken.hasText = true;
    spoken.clauses = Math.max(spoken.clauses, index + 1);
    spoken.ledger.clause(index, text, interruptible);
    tts.speak(reply, index, text, last);
  }

  /// No more clauses of an answer come: what was spoken of it is all.
  ///
  /// @return false if nothing of it was given to be spoken
  boolean cut(long reply) {
    SpokenReply spoken = current;
    if (spoken == null || spoken.id != reply || !spoken.hasText) {
      return false;
    }
    if (!spoken.whole) {
      tts.speak(reply, spoken.clauses, "", true);
    }
    return true;
  }

  /// Waits no longer for the rest of a reply: what was spoken of it is all.
  void giveUp(long reply) {
    tts.cancel(reply);
    failed(reply, "given up");
  }

  /// Whether the caller's words may stop what is being heard.
  boolean interruptible() {
    SpokenReply spoken = current;
    return spoken == null || spoken.ledger.interruptible(playout.heard(spoken.id));
  }

  /// The caller makes a sound: feeding stops, and goes on after [#HOLD] where it stopped unless
  /// what waits was thrown away meanwhile.
  void hold() {
    playout.hold();
    var _ = timers.after(HOLD, () -> mailbox.signal(playout::resume));
  }

  /// Throws away what waits, here and at the carrier.
  void silence() {
    playout.clear();
  }

  /// Gives the current reply up; after it everything of that reply is dropped. What was heard of it
  /// is told by [Listener#cutOff] as soon as the carrier has told where it was cut off; not if it
  /// made no sound.
  void abandon(long reply) {
    SpokenReply spoken = current;
    if (spoken == null || spoken.id != reply) {
      return;
    }
    current = null;
    tts.cancel(reply);
    if (spoken.reported || !spoken.hasAudio) {
      return;
    }
    spoken.reported = true;
    settle();
    unsettled = spoken;
    var _ =
        timers.after(
            CUT_WITHIN,
            () ->
                mailbox.signal(() -> {
                  if (unsettled == spoken) {
                    settle();
                  }
                }));
  }

  /// Waits no longer for the carrier to tell where a reply was cut off.
  void settle() {
    SpokenReply spoken = unsettled;
    if (spoken != null) {
      unsettled = null;
      listener.cutOff(spoken.id, spoken.said, spoken.ledger.heard(playout.heard(spoken.id)));
    }
  }

  /// Asks the brain's port what it would take to go on elsewhere, the words of the current reply
  /// included that were heard by now.
  byte[] withHeardSoFar(HeardSoFar conversation) {
    SpokenReply spoken = unsettled;
    if (spoken == null && current != null && current.hasAudio && !current.reported) {
      spoken = current;
    }
    if (spoken == null) {
      return conversation.resumable(0, null, "");
    }
    String heard = spoken.ledger.heard(playout.heard(spoken.id));
    return conversation.resumable(spoken.id, spoken.said, heard);
  }

  /// See [#withHeardSoFar].
  @FunctionalInterface
  interface HeardSoFar {
    byte[] resumable(long reply, @Nullable SaidKind said, String heard);
  }

  /// The kind of phrase that is current; null if that is an answer, or nothing.
  @Nullable SaidKind kind() {
    return current == null ? null : current.said;
  }

  /// A mark came back.
  void mark(String name) {
    switch (playout.echoed(name)) {
      case MarkEcho.ReplyHeard(long reply) -> wholeHeard(reply);
      case MarkEcho.Fence _ -> settle();
      case MarkEcho.Heard _, MarkEcho.Nothing _ -> {}
    }
  }

  @Override
  public void audio(long reply, int clause, long offset, byte[] mulaw) {
    SpokenReply spoken = current;
    if (spoken == null || spoken.id != reply || spoken.whole) {
      return;
    }
    if (!playout.audio(reply, mulaw)) {
      tts.cancel(reply);
      spoken.failed = true;
      end(spoken);
      return;
    }
    spoken.ledger.audio(clause, offset, offset + mulaw.length);
    if (!spoken.hasAudio) {
      spoken.hasAudio = true;
      listener.started(reply);
      watchSound(spoken, Duration.ZERO);
    }
  }

  @Override
  public void words(long reply, int clause, List<TimedWord> words) {
    SpokenReply spoken = current;
    if (spoken != null && spoken.id == reply) {
      spoken.ledger.words(clause, words);
    }
  }

  @Override
  public void clauseDone(long reply, int clause) {
    SpokenReply spoken = current;
    if (spoken != null && spoken.id == reply) {
      spoken.ledger.whole(clause);
    }
    playout.clauseEnd(reply);
  }

  @Override
  public void done(long reply, long firstAudioMicros, long stageMicros, long characters) {
    SpokenReply spoken = current;
    if (spoken == null || spoken.id != reply) {
      return;
    }
    listener.spoken(reply, firstAudioMicros, stageMicros, characters);
    if (spoken.hasAudio) {
      end(spoken);
    } else {
      listener.unspeakable(reply, "the speech stage made no audio");
    }
  }

  @Override
  public void failed(long reply, String cause) {
    SpokenReply spoken = current;
    if (spoken == null || spoken.id != reply) {
      return;
    }
    if (spoken.hasAudio) {
      spoken.failed = true;
      end(spoken);
    } else if (spoken.fallback != null) {
      play(spoken, spoken.fallback);
    } else {
      listener.unspeakable(reply, cause);
    }
  }

  private void play(SpokenReply spoken, Clips.Name clip) {
    Clip found =
        recordings.apply(clip.text()).orElseGet(() -> new Clip(clips.audio(clip), List.of()));
    play(spoken, clip.text(), found);
  }

  private void play(SpokenReply spoken, String text, Clip clip) {
    byte[] mulaw = clip.mulaw();
    spoken.hasText = true;
    spoken.ledger.clause(0, text, true);
    spoken.ledger.audio(0, 0, mulaw.length);
    spoken.ledger.words(0, clip.words());
    spoken.ledger.whole(0);
    playout.audio(spoken.id, mulaw);
    if (!spoken.hasAudio) {
      spoken.hasAudio = true;
      listener.started(spoken.id);
    }
    end(spoken);
  }

  private void end(SpokenReply spoken) {
    if (spoken.whole) {
      return;
    }
    spoken.whole = true;
    playout.replyEnd(spoken.id);
    awaitLastMark(spoken.id);
  }

  /// "Speaking" is judged by what is on the wire, not by what somebody meant to send.
  private void watchSound(SpokenReply spoken, Duration silent) {
    var _ =
        timers.after(
            playout.untilPlayed().plus(SOUND_WITHIN),
            () ->
                mailbox.signal(() -> {
                  if (current != spoken || spoken.whole) {
                    return;
                  }
                  boolean still = playout.silence().compareTo(SOUND_WITHIN) >= 0;
                  Duration lasting = still ? silent.plus(SOUND_WITHIN) : Duration.ZERO;
                  watchSound(spoken, lasting);
                  if (still) {
                    listener.silent(spoken.id, lasting);
                  }
                }));
  }

  /// A last mark that does not come is waited for no longer than [Playout#MARK_WAIT] (L4, L7).
  private void awaitLastMark(long reply) {
    var _ =
        timers.after(
            playout.untilPlayed().plus(Playout.MARK_WAIT),
            () -> mailbox.signal(() -> withoutMark(reply)));
  }

  private void withoutMark(long reply) {
    if (playout.untilPlayed().isZero()) {
      wholeHeard(reply);
    } else {
      awaitLastMark(reply);
    }
  }

  private void wholeHeard(long reply) {
    SpokenReply spoken = current != null && current.id == reply ? current : aside;
    if (spoken == null || spoken.id != reply || spoken.reported) {
      return;
    }
    spoken.reported = true;
    listener.heard(
        reply,
        spoken.said,
        spoken.failed ? spoken.ledger.spoken() : spoken.ledger.text(),
        !spoken.failed);
  }
}
