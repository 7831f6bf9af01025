package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.observe.CallScope;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.VoiceChoice;

/// One call's replies at Cartesia. A reply is one context as long as nothing fails; when its socket
/// or context is lost it goes on in another one with the first clause whose audio is not complete.
///
/// At most one context lives at a time. On its event loop.
final class CartesiaSession implements Synthesizer.Session, WarmSocket.Listener {
  private static final Logger LOG = System.getLogger(CartesiaSession.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_STRIKES = 3;
  private static final int MAX_CLAUSES = 1000;
  private static final int MAX_CHARACTERS = 20_000;
  private static final Duration LIMITED_FOR = Duration.ofSeconds(1);

  private final String call;
  private final EventLoop loop;
  private final Consumer<SynthesisEvent> events;
  private final CartesiaConfig config;
  private final CartesiaCodec codec;
  private final SynthesisMeters meters;
  private final WarmSocket socket;

  /// What no other session's context ids begin with.
  private final String prefix = HexFormat.of().formatHex(randomBytes()) + "-";

  private VoiceChoice voice;
  private @Nullable SpokenReply reply;
  private @Nullable LiveContext context;

  /// The highest reply that was begun or cancelled: what is not above it is over, or current.
  private long newest;

  private int contexts;
  private boolean held;
  private boolean watching;
  private long lastSign;
  private @Nullable String refusal;
  private boolean closed;

  /// The context that lives, what comes of it, and when it last gave audio.
  private static final class LiveContext {
    final ContextTrack track;
    final AudioConverter converter;
    long lastAudio;

    LiveContext(ContextTrack track, AudioConverter converter) {
      this.track = track;
      this.converter = converter;
    }
  }

  CartesiaSession(
      String call,
      EventLoop loop,
      VoiceChoice voice,
      Consumer<SynthesisEvent> events,
      CartesiaConfig config,
      SynthesisMeters meters) {
    this.call = call;
    this.loop = loop;
    this.voice = voice;
    this.events = events;
    this.config = config;
    this.meters = meters;
    codec = new CartesiaCodec(config);
    socket = new WarmSocket(call, loop, config, meters, this);
  }

  void open() {
    socket.open();
  }

  @Override
  public void speak(long id, int clause, String text, boolean last) {
    if (closed) {
      return;
    }
    SpokenReply current = reply;
    if (current == null || current.id != id) {
      if (id <= newest) {
        return;
      }
      cancelContext();
      newest = id;
      current = new SpokenReply(id, voice, System.nanoTime(), this::tell);
      current.asked = socket.isUp() ? 0 : current.begun;
      reply = current;
      lastSign = current.begun;
      if (refusal != null) {
        fail(current, true, refusal, Duration.ZERO);
        return;
      }
    }
    boolean repeated = !current.clauses.isEmpty() && clause <= current.clauses.getLast().index;
    if (current.whole || repeated) {
      return;
    }
    current.clauses.add(new Clause(clause, text));
    current.whole = last;
    if (isTooLong(current)) {
      fail(
          current,
          true,
          "the reply is longer than %d clauses or %d characters"
              .formatted(MAX_CLAUSES, MAX_CHARACTERS),
          Duration.ZERO);
      return;
    }
    current.completeSilent();
    advance();
  }

  private static boolean isTooLong(SpokenReply reply) {
    return reply.clauses.size() > MAX_CLAUSES
        || reply.clauses.stream().mapToInt(c -> c.text.length()).sum() > MAX_CHARACTERS;
  }

  @Override
  public void cancel(long id) {
    newest = Math.max(newest, id);
    if (reply != null && reply.id == id) {
      cancelContext();
      reply = null;
    }
  }

  @Override
  public void voice(VoiceChoice next) {
    voice = next;
  }

  @Override
  public void close() {
    if (!closed) {
      cancelContext();
      closed = true;
      reply = null;
      socket.close();
    }
  }

  // Sending

  /// Sends what can be sent, ends what is complete.
  private void advance() {
    SpokenReply current = reply;
    if (current == null) {
      return;
    }
    while (current.hasUnsent() && socket.isUp() && !held) {
      if (!send(current, nextSpeakable(current))) {
        socket.replace("it takes no requests");
        return;
      }
    }
    LiveContext live = context;
    if (live != null && current.whole && !current.hasUnsent() && !live.track.isClosed()) {
      closeContext(current, live);
    }
    if (current.isComplete() && context == null) {
      finish(current);
    } else {
      watch();
    }
  }

  private static int nextSpeakable(SpokenReply reply) {
    int at = reply.sent;
    while (!reply.clauses.get(at).isSpeakable()) {
      at++;
    }
    return at;
  }

  private boolean send(SpokenReply current, int position) {
    StringBuilder transcript = new StringBuilder();
    for (int i = current.sent; i <= position; i++) {
      transcript.append(current.clauses.get(i).text);
    }
    boolean more =
        !current.whole
            || current.clauses.stream().skip(position + 1L).anyMatch(Clause::isSpeakable);
    LiveContext live = liveContext(current);
    if (!socket.send(codec.input(live.track.id, current.voice, transcript.toString(), more))) {
      return false;
    }
    live.track.give(position);
    if (!more) {
      live.track.close();
    }
    current.sent = position + 1;
    current.characters += transcript.length();
    current.asked = current.asked == 0 ? System.nanoTime() : current.asked;
    meters.characters(transcript.length());
    lastSign = System.nanoTime();
    return true;
  }

  /// The context for the next clause. One that is about to expire is left: Cartesia would refuse
  /// the clause, or answer `done` without having spoken it.
  private LiveContext liveContext(SpokenReply current) {
    LiveContext live = context;
    if (live != null
        && !live.track.owes()
        && live.track.hasAudio()
        && System.nanoTime() - live.lastAudio > config.patience().expiry().toNanos()) {
      closeContext(current, live);
      endContext();
      live = null;
    }
    if (live == null) {
      String id = prefix + current.id + "-" + ++contexts;
      live = new LiveContext(new ContextTrack(id, current), new AudioConverter(config.encoding()));
      context = live;
      current.requestId = socket.requestId().isEmpty() ? id : socket.requestId() + ":" + id;
      meters.contextOpened();
    }
    return live;
  }

  /// Says that no input follows; if that can not be said, the context expires by itself.
  private void closeContext(SpokenReply current, LiveContext live) {
    if (socket.send(codec.input(live.track.id, current.voice, "", false))) {
      live.track.close();
      lastSign = System.nanoTime();
    }
  }

  private void cancelContext() {
    if (context != null) {
      var _ = socket.send(CartesiaCodec.cancel(context.track.id));
      endContext();
    }
  }

  private void endContext() {
    context = null;
    held = false;
    meters.contextEnded();
  }

  // Receiving

  @Override
  public void up() {
    advance();
  }

  @Override
  public void received(CartesiaMessage message) {
    switch (message) {
      case CartesiaMessage.Chunk chunk -> {
        LiveContext live = living(chunk.context());
        if (live != null && reply != null) {
          audio(reply, live, chunk.audio());
        }
      }
      case CartesiaMessage.Words(var id, var words) -> {
        LiveContext live = living(id);
        if (live != null) {
          live.track.words(words);
        }
      }
      case CartesiaMessage.FlushDone(var id) -> {
        LiveContext live = living(id);
        if (live != null) {
          live.track.flushed();
        }
      }
      case CartesiaMessage.Done(var id) -> {
        LiveContext live = living(id);
        if (live != null && reply != null) {
          done(reply, live);
        }
      }
      case CartesiaMessage.Failure failure -> failed(failure);
      case CartesiaMessage.Unknown(var type) ->
          LOG.log(Level.DEBUG, "cartesia: a message of unknown type {0}", type);
    }
  }

  /// The context that lives, if it is this one: messages of all others are dropped, whatever they
  /// say.
  private @Nullable LiveContext living(String id) {
    LiveContext live = context;
    if (live == null || !live.track.id.equals(id)) {
      return null;
    }
    lastSign = System.nanoTime();
    return live;
  }

  private void audio(SpokenReply current, LiveContext live, byte[] bytes) {
    long arrived = System.nanoTime();
    live.lastAudio = arrived;
    long before = current.told;
    live.track.audio(live.converter.mulaw(bytes));
    meters.audio((int) (current.told - before));
    if (current.firstAudioNanos < 0 && current.told > 0) {
      long out = System.nanoTime();
      current.firstAudioNanos = out - current.begun;
      current.stageNanos = current.firstAudioNanos - (arrived - current.asked);
      meters.firstAudio(
          Duration.ofNanos(current.firstAudioNanos), Duration.ofNanos(current.stageNanos));
    }
  }

  private void done(SpokenReply current, LiveContext live) {
    live.track.done();
    endContext();
    current.rewind();
    if (current.hasUnsent()) {
      current.strikes++;
      LOG.log(Level.DEBUG, "cartesia: a context ended before a clause, which is sent again");
      if (isStruckOut(current, "contexts end before their clauses")) {
        return;
      }
    }
    advance();
  }

  private void failed(CartesiaMessage.Failure failure) {
    SpokenReply current = reply;
    String what = "%d %s %s".formatted(failure.status(), failure.code(), failure.text()).strip();
    if (failure.context().isEmpty()) {
      LOG.log(Level.WARNING, "cartesia: the connection failed: {0}", what);
      if (Failures.isAccount(failure)) {
        refused(what);
      } else {
        socket.replace("an error without a context");
      }
      return;
    }
    LiveContext live = living(failure.context());
    if (live == null || current == null) {
      LOG.log(Level.DEBUG, "cartesia: an error of a context that is over: {0}", what);
      return;
    }
    LOG.log(Level.WARNING, "cartesia: a context failed: {0}", what);
    boolean begun = live.track.hasAudio();
    endContext();
    current.rewind();
    current.requestId = failure.requestId().isEmpty() ? current.requestId : failure.requestId();
    if (Failures.isLimit(failure)) {
      limited(current, what);
    } else if (Failures.isPermanent(failure, begun)) {
      fail(current, true, what, Duration.ZERO);
    } else {
      current.strikes++;
      if (!isStruckOut(current, what)) {
        advance();
      }
    }
  }

  /// Too many contexts at once: one may end any moment, so one more attempt is made.
  private void limited(SpokenReply current, String what) {
    if (current.limited) {
      fail(current, false, what, LIMITED_FOR);
      return;
    }
    current.limited = true;
    held = true;
    var _ =
        loop.schedule(
            () ->
                CallScope.run(
                    call,
                    () -> {
                      held = false;
                      advance();
                    }),
            config.patience().limited().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  @Override
  public void down(String why) {
    SpokenReply current = reply;
    if (current == null) {
      return;
    }
    if (context != null) {
      endContext();
      current.rewind();
      current.strikes++;
      if (!current.isComplete() && isStruckOut(current, why)) {
        return;
      }
    }
    advance();
  }

  @Override
  public void refused(String why) {
    refusal = why;
    if (context != null) {
      endContext();
    }
    reply = null;
    meters.failure("permanent");
    tell(new SynthesisEvent.Failed(0, true, "cartesia", why, Duration.ZERO, ""));
  }

  // Ending

  private boolean isStruckOut(SpokenReply current, String why) {
    if (current.strikes <= MAX_STRIKES) {
      return false;
    }
    fail(current, false, why, Duration.ZERO);
    return true;
  }

  private void fail(SpokenReply current, boolean permanent, String detail, Duration retryAfter) {
    cancelContext();
    reply = null;
    meters.failure(permanent ? "permanent" : "transient");
    tell(
        new SynthesisEvent.Failed(
            current.id, permanent, "cartesia", detail, retryAfter, current.requestId));
  }

  private void finish(SpokenReply current) {
    reply = null;
    tell(
        new SynthesisEvent.Done(
            current.id,
            Duration.ofNanos(Math.max(0, current.firstAudioNanos)),
            Duration.ofNanos(current.stageNanos),
            current.characters,
            current.requestId));
  }

  private void tell(SynthesisEvent event) {
    if (!closed) {
      events.accept(event);
    }
  }

  // Watching

  /// Open is not alive: something that owes audio has to give a sign in time.
  private void watch() {
    if (!watching && owes()) {
      watching = true;
      long rest = config.patience().audio().toNanos() - (System.nanoTime() - lastSign);
      var _ =
          loop.schedule(
              () -> CallScope.run(call, this::check), Math.max(0, rest), TimeUnit.NANOSECONDS);
    }
  }

  private boolean owes() {
    return !closed
        && reply != null
        && (reply.hasUnsent() || (context != null && context.track.owes()));
  }

  private void check() {
    watching = false;
    SpokenReply current = reply;
    boolean overdue = System.nanoTime() - lastSign >= config.patience().audio().toNanos();
    if (!owes() || current == null || !overdue) {
      watch();
      return;
    }
    String why = "no audio within " + config.patience().audio().toMillis() + " ms";
    lastSign = System.nanoTime();
    if (current.isComplete()) {
      cancelContext(); // all audio came, only `done` did not
      advance();
    } else if (current.strikes > 0) {
      fail(current, false, why, Duration.ZERO);
    } else {
      if (context == null) {
        current.strikes++;
      }
      socket.replace(why);
    }
  }

  private static byte[] randomBytes() {
    byte[] bytes = new byte[6];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
