package voiceagent.tts.local;

import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.observe.CallScope;
import voiceagent.speech.LocalVoice;
import voiceagent.speech.SpokenText;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.TimedWord;
import voiceagent.tts.synthesize.VoiceChoice;

/// One call's replies by the local voice: clause after clause is made on another thread, and told
/// whole. On its event loop.
final class LocalSession implements Synthesizer.Session {
  private static final Logger LOG = System.getLogger(LocalSession.class.getName());

  /// What a gateway takes in one message.
  private static final int MAX_AUDIO = 32_000;

  private static final int MAX_CLAUSES = 1000;

  private record Clause(int index, String text, boolean last) {}

  private static final class Reply {
    final long id;
    final VoiceChoice voice;
    final long begun = System.nanoTime();
    final Deque<Clause> waiting = new ArrayDeque<>();
    int newest = -1;
    long samples;
    long characters;
    long firstAudioNanos;
    boolean making;
    boolean whole;
    boolean over;

    Reply(long id, VoiceChoice voice) {
      this.id = id;
      this.voice = voice;
    }
  }

  private final String call;
  private final EventLoop loop;
  private final Consumer<SynthesisEvent> events;
  private final LocalVoice local;
  private final Executor makers;
  private final Predicate<VoiceChoice> speaks;
  private final SynthesisMeters meters;
  private VoiceChoice voice;
  private @Nullable Reply current;

  /// The highest reply that was begun or cancelled.
  private long newest;

  private boolean closed;

  LocalSession(
      String call,
      EventLoop loop,
      VoiceChoice voice,
      Consumer<SynthesisEvent> events,
      LocalVoice local,
      Executor makers,
      Predicate<VoiceChoice> speaks,
      SynthesisMeters meters) {
    this.call = call;
    this.loop = loop;
    this.voice = voice;
    this.events = events;
    this.local = local;
    this.makers = makers;
    this.speaks = speaks;
    this.meters = meters;
  }

  @Override
  public void speak(long id, int clause, String text, boolean last) {
    Reply reply = current;
    if (reply == null || reply.id != id) {
      if (closed || id <= newest) {
        return;
      }
      newest = id;
      reply = new Reply(id, voice);
      current = reply;
    }
    if (reply.over || reply.whole || clause <= reply.newest) {
      return;
    }
    reply.newest = clause;
    reply.whole = last;
    reply.waiting.add(new Clause(clause, text, last));
    if (!speaks.test(reply.voice)) {
      fail(reply, true, "it speaks English only, the language is " + reply.voice.language());
    } else if (reply.waiting.size() > MAX_CLAUSES) {
      fail(reply, true, "over " + MAX_CLAUSES + " clauses wait");
    } else {
      next(reply);
    }
  }

  private void next(Reply reply) {
    Clause clause = reply.waiting.peek();
    if (reply.making || reply.over || clause == null) {
      return;
    }
    reply.waiting.remove();
    reply.making = true;
    float speed = reply.voice.speed() == 0 ? 1 : reply.voice.speed();
    try {
      makers.execute(() -> make(reply, clause, speed));
    } catch (RejectedExecutionException e) {
      fail(reply, false, "too many clauses wait for the local voice");
    }
  }

  /// On a thread that may take its time.
  private void make(Reply reply, Clause clause, float speed) {
    SpokenText made;
    try {
      made = local.speak(clause.text(), speed);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the local voice failed", e);
      in(() -> fail(reply, false, "the local voice failed"));
      return;
    }
    in(() -> made(reply, clause, made));
  }

  private void in(Runnable task) {
    loop.execute(() -> CallScope.run(call, task));
  }

  private void made(Reply reply, Clause clause, SpokenText spoken) {
    if (closed || reply != current || reply.over) {
      return;
    }
    byte[] audio = spoken.mulaw();
    long start = reply.samples;
    meters.characters(clause.text().length());
    meters.audio(audio.length);
    reply.characters += clause.text().length();
    for (int from = 0; from < audio.length; from += MAX_AUDIO) {
      byte[] part = Arrays.copyOfRange(audio, from, Math.min(audio.length, from + MAX_AUDIO));
      events.accept(
          new SynthesisEvent.Audio(reply.id, clause.index(), start + from, AudioFrame.of(part)));
    }
    if (reply.firstAudioNanos == 0 && audio.length > 0) {
      reply.firstAudioNanos = System.nanoTime() - reply.begun;
      Duration first = Duration.ofNanos(reply.firstAudioNanos);
      meters.firstAudio(first, first);
    }
    if (!spoken.words().isEmpty()) {
      events.accept(
          new SynthesisEvent.Words(
              reply.id,
              clause.index(),
              spoken.words().stream()
                  .map(w -> new TimedWord(w.text(), start + w.start(), start + w.end()))
                  .toList()));
    }
    reply.samples = start + audio.length;
    events.accept(new SynthesisEvent.ClauseDone(reply.id, clause.index(), reply.samples));
    reply.making = false;
    if (clause.last()) {
      finish(reply);
    } else {
      next(reply);
    }
  }

  private void finish(Reply reply) {
    reply.over = true;
    Duration first = Duration.ofNanos(reply.firstAudioNanos);
    events.accept(new SynthesisEvent.Done(reply.id, first, first, reply.characters, ""));
  }

  private void fail(Reply reply, boolean permanent, String detail) {
    if (closed || reply != current || reply.over) {
      return;
    }
    reply.over = true;
    meters.failure(permanent ? "permanent" : "transient");
    events.accept(
        new SynthesisEvent.Failed(reply.id, permanent, "local", detail, Duration.ZERO, ""));
  }

  @Override
  public void cancel(long reply) {
    newest = Math.max(newest, reply);
    if (current != null && current.id == reply) {
      current.over = true;
    }
  }

  @Override
  public void voice(VoiceChoice next) {
    voice = next;
  }

  @Override
  public void close() {
    closed = true;
  }
}
