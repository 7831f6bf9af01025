package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.observe.CallScope;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;

/// Has one reply spoken. It is one context as long as nothing fails; when its socket or context is
/// lost it goes on in another one with the first clause whose audio is not complete.
///
/// At most one context lives at a time. On the session's event loop.
final class ReplySpeaker {
  private static final Logger LOG = System.getLogger(ReplySpeaker.class.getName());
  private static final int MAX_STRIKES = 3;
  private static final int MAX_CLAUSES = 1000;
  private static final int MAX_CHARACTERS = 20_000;
  private static final Duration LIMITED_FOR = Duration.ofSeconds(1);

  /// What all replies of a session share.
  ///
  /// @param contextIds a new one each time
  record Provider(
      String call,
      EventLoop loop,
      CartesiaConfig config,
      CartesiaCodec codec,
      WarmSocket socket,
      Supplier<String> contextIds,
      ContextPlaces places,
      SynthesisMeters meters) {}

  private final Provider provider;
  private final WarmSocket socket;
  private final SpokenReply reply;
  private final Watchdog watchdog;
  private @Nullable LiveContext context;
  private boolean placed;
  private boolean held;
  private boolean over;

  ReplySpeaker(Provider provider, SpokenReply reply) {
    this.provider = provider;
    this.reply = reply;
    socket = provider.socket();
    reply.asked = socket.isUp() ? 0 : reply.begun;
    watchdog =
        new Watchdog(
            provider.call(),
            provider.loop(),
            provider.config().patience().audio(),
            this::owes,
            this::overdue);
  }

  long reply() {
    return reply.id;
  }

  /// Whether it was told to the end, failed or was cancelled.
  boolean isOver() {
    return over;
  }

  /// Takes the next clause; one that is repeated, or follows the last, is dropped.
  void clause(int index, String text, boolean last) {
    boolean repeated = !reply.clauses.isEmpty() && index <= reply.clauses.getLast().index;
    if (reply.whole || repeated) {
      return;
    }
    if (!owes()) {
      watchdog.sign();
    }
    reply.clauses.add(new Clause(index, text));
    reply.whole = last;
    int characters = reply.clauses.stream().mapToInt(c -> c.text.length()).sum();
    if (reply.clauses.size() > MAX_CLAUSES || characters > MAX_CHARACTERS) {
      String most = MAX_CLAUSES + " clauses and " + MAX_CHARACTERS + " characters";
      fail("stage", true, "the reply is too long, expected at most " + most, Duration.ZERO);
      return;
    }
    reply.completeSilent();
    advance();
  }

  /// Nothing of it is told any more.
  void cancel() {
    over = true;
    cancelContext();
    if (placed) {
      placed = false;
      provider.places().release();
    }
  }

  /// Sends what can be sent, ends what is complete.
  void advance() {
    while (!over && !held && reply.hasUnsent() && socket.isUp()) {
      if (context == null && !placed) {
        placed = provider.places().tryTake();
        if (!placed) {
          limited("all contexts of CARTESIA_CONCURRENCY are in use");
          return;
        }
      }
      if (!send(nextSpeakable())) {
        socket.replace("it takes no requests");
        return;
      }
    }
    LiveContext live = context;
    if (live != null && reply.whole && !reply.hasUnsent() && !live.track.isClosed()) {
      closeContext(live);
    }
    if (!over && reply.isComplete() && context == null) {
      finish();
    } else {
      watchdog.watch();
    }
  }

  private int nextSpeakable() {
    int at = reply.sent;
    while (!reply.clauses.get(at).isSpeakable()) {
      at++;
    }
    return at;
  }

  private boolean send(int position) {
    StringBuilder transcript = new StringBuilder();
    reply.clauses.subList(reply.sent, position + 1).forEach(c -> transcript.append(c.text));
    boolean more =
        !reply.whole || reply.clauses.stream().skip(position + 1L).anyMatch(Clause::isSpeakable);
    LiveContext live = contextForNext();
    if (!socket.send(provider.codec().input(live.id(), reply.voice, transcript.toString(), more))) {
      return false;
    }
    live.track.give(position);
    if (!more) {
      live.track.close();
    }
    reply.sent = position + 1;
    reply.characters += transcript.length();
    reply.asked = reply.asked == 0 ? System.nanoTime() : reply.asked;
    provider.meters().characters(transcript.length());
    watchdog.sign();
    return true;
  }

  /// A context that is about to expire is left: Cartesia would refuse the clause, or say `done`
  /// without having spoken it.
  private LiveContext contextForNext() {
    LiveContext live = context;
    if (live != null && live.isExpiring(provider.config().patience().expiry().toNanos())) {
      closeContext(live);
      endContext();
      live = null;
    }
    if (live == null) {
      if (!placed) {
        provider.places().take(); // in place of the one that was left just now
      }
      placed = false;
      String id = provider.contextIds().get();
      live =
          new LiveContext(
              new ContextTrack(id, reply), new AudioConverter(provider.config().encoding()));
      context = live;
      reply.requestId = socket.requestId().isEmpty() ? id : socket.requestId() + ":" + id;
      provider.meters().contextOpened();
    }
    return live;
  }

  /// Says that no input follows; if that can not be said, the context expires by itself.
  private void closeContext(LiveContext live) {
    if (socket.send(provider.codec().input(live.id(), reply.voice, "", false))) {
      live.track.close();
      watchdog.sign();
    }
  }

  private void cancelContext() {
    if (context != null) {
      var _ = socket.send(CartesiaCodec.cancel(context.id()));
      endContext();
    }
  }

  private void endContext() {
    context = null;
    provider.places().release();
    reply.rewind();
    provider.meters().contextEnded();
  }

  /// Takes a message of a context. Those of a context that is over are dropped, whatever they say.
  void received(String contextId, CartesiaMessage message) {
    LiveContext live = context;
    if (over || live == null || !live.id().equals(contextId)) {
      LOG.log(Level.TRACE, "cartesia: a message of a context that is over");
      return;
    }
    watchdog.sign();
    switch (message) {
      case CartesiaMessage.Chunk chunk -> audio(live, chunk.audio());
      case CartesiaMessage.Words words -> live.track.words(words.words());
      case CartesiaMessage.FlushDone _ -> live.track.flushed();
      case CartesiaMessage.Done _ -> done(live);
      case CartesiaMessage.Failure failure -> failed(live, failure);
      case CartesiaMessage.Unknown _ -> {} // of no context
    }
  }

  private void audio(LiveContext live, byte[] bytes) {
    long arrived = System.nanoTime();
    live.lastAudio = arrived;
    long before = reply.told;
    live.track.audio(live.converter.mulaw(bytes));
    provider.meters().audio((int) (reply.told - before));
    if (reply.firstAudioNanos < 0 && reply.told > 0) {
      reply.firstAudioNanos = System.nanoTime() - reply.begun;
      reply.stageNanos = reply.firstAudioNanos - (arrived - reply.asked);
      provider
          .meters()
          .firstAudio(Duration.ofNanos(reply.firstAudioNanos), Duration.ofNanos(reply.stageNanos));
    }
  }

  private void done(LiveContext live) {
    live.track.done();
    endContext();
    if (reply.hasUnsent()) {
      strike("its context ends before the clause");
    }
    advance();
  }

  private void failed(LiveContext live, CartesiaMessage.Failure failure) {
    LOG.log(Level.WARNING, "cartesia: a context failed: {0}", failure.describe());
    boolean begun = live.track.hasAudio();
    endContext();
    reply.requestId = failure.requestId().isEmpty() ? reply.requestId : failure.requestId();
    if (Failures.isLimit(failure)) {
      limited(failure.describe());
    } else if (Failures.isPermanent(failure, begun)) {
      fail("cartesia", true, failure.describe(), Duration.ZERO);
    } else {
      strike(failure.describe());
      advance();
    }
  }

  /// Too many contexts at once: one may end any moment, so one more attempt is made.
  private void limited(String why) {
    if (reply.limited) {
      fail("cartesia", false, why, LIMITED_FOR);
      return;
    }
    reply.limited = true;
    held = true;
    var _ =
        provider
            .loop()
            .schedule(
                () ->
                    CallScope.run(
                        provider.call(),
                        () -> {
                          held = false;
                          advance();
                        }),
                provider.config().patience().limited().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  /// The socket is lost; another one is being opened.
  void down(String why) {
    if (context != null) {
      endContext();
      if (!reply.isComplete()) {
        strike(why);
      }
    }
    advance();
  }

  /// The reply fails once it was given too many contexts without a new sample.
  private void strike(String why) {
    reply.strikes++;
    if (reply.strikes > MAX_STRIKES) {
      fail("cartesia", false, why, Duration.ZERO);
    }
  }

  private boolean owes() {
    return !over && (reply.hasUnsent() || (context != null && context.track.owes()));
  }

  /// Another socket is tried once.
  private void overdue() {
    String why = "no audio within " + provider.config().patience().audio().toMillis() + " ms";
    if (reply.isComplete()) {
      cancelContext(); // all audio came, only `done` did not
      advance();
    } else if (reply.strikes > 0) {
      fail("cartesia", false, why, Duration.ZERO);
    } else {
      if (context == null) {
        reply.strikes++;
      }
      socket.replace(why);
    }
  }

  private void fail(String who, boolean permanent, String detail, Duration retryAfter) {
    if (over) {
      return;
    }
    cancel();
    provider.meters().failure(permanent ? "permanent" : "transient");
    LOG.log(Level.WARNING, "a reply failed: {0}", detail);
    reply.tell(
        new SynthesisEvent.Failed(reply.id, permanent, who, detail, retryAfter, reply.requestId));
  }

  private void finish() {
    over = true;
    reply.tell(
        new SynthesisEvent.Done(
            reply.id,
            Duration.ofNanos(Math.max(0, reply.firstAudioNanos)),
            Duration.ofNanos(reply.stageNanos),
            reply.characters,
            reply.requestId));
  }
}
