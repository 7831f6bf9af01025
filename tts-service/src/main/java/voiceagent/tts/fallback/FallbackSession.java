package voiceagent.tts.fallback;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.TimedWord;
import voiceagent.tts.synthesize.VoiceChoice;

/// One call's replies by a provider, or by the other voice. On its event loop.
final class FallbackSession implements Synthesizer.Session {
  private static final Logger LOG = System.getLogger(FallbackSession.class.getName());

  private record Clause(int index, String text, boolean last) {}

  /// The reply that is being spoken.
  private static final class Reply {
    final long id;
    final VoiceChoice voice;

    /// Those whose audio is not complete.
    final List<Clause> clauses = new ArrayList<>();

    /// Where the other voice goes on, in samples since the reply's audio began.
    long base;

    /// Samples told so far.
    long told;

    int newest = -1;
    boolean whole;
    boolean byLast;
    boolean over;

    Reply(long id, VoiceChoice voice) {
      this.id = id;
      this.voice = voice;
    }
  }

  private final Consumer<SynthesisEvent> events;
  private final FallbackSynthesizer owner;
  private VoiceChoice voice;
  private Synthesizer.@Nullable Session first;
  private Synthesizer.@Nullable Session last;
  private @Nullable Reply current;

  /// The highest reply that was begun or cancelled.
  private long newest;

  /// The provider can do nothing for this call any more.
  private boolean gone;

  FallbackSession(VoiceChoice voice, Consumer<SynthesisEvent> events, FallbackSynthesizer owner) {
    this.voice = voice;
    this.events = events;
    this.owner = owner;
  }

  void open(Synthesizer.Session provider, Synthesizer.Session other) {
    first = provider;
    last = other;
  }

  private Synthesizer.Session first() {
    return Objects.requireNonNull(first, "not open");
  }

  private Synthesizer.Session last() {
    return Objects.requireNonNull(last, "not open");
  }

  @Override
  public void speak(long id, int clause, String text, boolean isLast) {
    Reply reply = current;
    if (reply == null || reply.id != id) {
      if (id <= newest) {
        return;
      }
      reply = begin(id);
    }
    if (reply.over || reply.whole || clause <= reply.newest) {
      return;
    }
    reply.newest = clause;
    reply.whole = isLast;
    reply.clauses.add(new Clause(clause, text, isLast));
    (reply.byLast ? last() : first()).speak(id, clause, text, isLast);
  }

  private Reply begin(long id) {
    newest = id;
    Reply before = current;
    if (before != null && !before.over) {
      cancel(before.id);
    }
    Reply reply = new Reply(id, voice);
    if ((gone || owner.isFirstDown()) && owner.lastSpeaks(voice)) {
      reply.byLast = true;
      owner.fellBack("down");
    }
    current = reply;
    return reply;
  }

  /// What the provider tells.
  void ofFirst(SynthesisEvent event) {
    if (event instanceof SynthesisEvent.Failed failed) {
      failed(failed);
      return;
    }
    Reply reply = current;
    if (reply != null && !reply.byLast) {
      told(reply, event);
    }
  }

  private void failed(SynthesisEvent.Failed failed) {
    Reply reply = current;
    boolean ofSession = failed.reply() == 0;
    if (failed.permanent()) {
      gone = true;
    } else if (failed.retryAfter().isZero()) {
      owner.firstIsDown();
    }
    boolean ofReply =
        reply != null && !reply.byLast && !reply.over && (ofSession || failed.reply() == reply.id);
    if (reply != null && ofReply && owner.lastSpeaks(reply.voice)) {
      LOG.log(Level.WARNING, "reply goes on in the other voice: {0}", failed.detail());
      goOn(reply);
    } else if (ofSession ? !owner.lastSpeaks(voice) : ofReply) {
      end(reply);
      events.accept(failed);
    } else {
      LOG.log(Level.WARNING, "replies will be in the other voice: {0}", failed.detail());
    }
  }

  private static void end(@Nullable Reply reply) {
    if (reply != null) {
      reply.over = true;
    }
  }

  private void goOn(Reply reply) {
    owner.fellBack("failed");
    first().cancel(reply.id);
    reply.byLast = true;
    reply.base = reply.told;
    for (Clause clause : List.copyOf(reply.clauses)) {
      last().speak(reply.id, clause.index(), clause.text(), clause.last());
    }
    if (reply.whole && reply.clauses.isEmpty()) {
      last().speak(reply.id, reply.newest + 1, "", true);
    }
  }

  /// What the other voice tells.
  void ofLast(SynthesisEvent event) {
    Reply reply = current;
    if (reply == null || !reply.byLast) {
      return;
    }
    long base = reply.base;
    told(
        reply,
        switch (event) {
          case SynthesisEvent.Audio audio ->
              new SynthesisEvent.Audio(
                  audio.reply(), audio.clause(), base + audio.offset(), audio.audio());
          case SynthesisEvent.Words words ->
              new SynthesisEvent.Words(
                  words.reply(),
                  words.clause(),
                  words.words().stream()
                      .map(w -> new TimedWord(w.text(), base + w.start(), base + w.end()))
                      .toList());
          case SynthesisEvent.ClauseDone done ->
              new SynthesisEvent.ClauseDone(done.reply(), done.clause(), base + done.end());
          case SynthesisEvent.Done _, SynthesisEvent.Failed _ -> event;
        });
  }

  private void told(Reply reply, SynthesisEvent event) {
    if (reply.over) {
      return;
    }
    switch (event) {
      case SynthesisEvent.Audio audio -> reply.told = audio.offset() + audio.audio().length();
      case SynthesisEvent.ClauseDone done ->
          reply.clauses.removeIf(c -> c.index() <= done.clause());
      case SynthesisEvent.Done _, SynthesisEvent.Failed _ -> reply.over = true;
      case SynthesisEvent.Words _ -> {}
    }
    events.accept(event);
  }

  @Override
  public void cancel(long id) {
    newest = Math.max(newest, id);
    if (current != null && current.id == id) {
      current.over = true;
    }
    first().cancel(id);
    last().cancel(id);
  }

  @Override
  public void voice(VoiceChoice next) {
    voice = next;
    first().voice(next);
    last().voice(next);
  }

  @Override
  public void close() {
    first().close();
    last().close();
  }
}
