package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.VoiceChoice;

/// One call at Cartesia: its socket, and its replies, one at a time. On its event loop.
final class CartesiaSession implements Synthesizer.Session, WarmSocket.Listener {
  private static final Logger LOG = System.getLogger(CartesiaSession.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int PREFIX_BYTES = 6;

  private final Consumer<SynthesisEvent> events;
  private final WarmSocket socket;
  private final ReplySpeaker.Provider provider;

  /// What no other session's context ids begin with: an id is never used twice.
  private final String prefix = prefix();

  private VoiceChoice voice;
  private @Nullable ReplySpeaker speaker;

  /// The highest reply that was begun or cancelled: of those up to it only the speaker's goes on.
  private long newest;

  private int contexts;
  private @Nullable String refusal;
  private boolean closed;

  CartesiaSession(
      String call,
      EventLoop loop,
      VoiceChoice voice,
      Consumer<SynthesisEvent> events,
      CartesiaConfig config,
      ContextPlaces places,
      SynthesisMeters meters) {
    this.voice = voice;
    this.events = events;
    socket = new WarmSocket(call, loop, config, meters, this);
    provider =
        new ReplySpeaker.Provider(
            call, loop, config, new CartesiaCodec(config), socket, this::contextId, places, meters);
  }

  void open() {
    socket.open();
  }

  @Override
  public void speak(long reply, int clause, String text, boolean last) {
    if (closed) {
      return;
    }
    ReplySpeaker current = speaker;
    if (current == null || current.reply() != reply) {
      if (reply <= newest) {
        return;
      }
      newest = reply;
      if (current != null) {
        current.cancel();
      }
      if (refusal != null) {
        tell(permanent(reply, refusal));
        return;
      }
      current =
          new ReplySpeaker(provider, new SpokenReply(reply, voice, System.nanoTime(), this::tell));
      speaker = current;
    }
    if (!current.isOver()) {
      current.clause(clause, text, last);
    }
  }

  @Override
  public void cancel(long reply) {
    newest = Math.max(newest, reply);
    if (speaker != null && speaker.reply() == reply) {
      speaker.cancel();
    }
  }

  @Override
  public void voice(VoiceChoice next) {
    voice = next;
  }

  @Override
  public void close() {
    if (!closed) {
      if (speaker != null) {
        speaker.cancel();
      }
      closed = true;
      socket.close();
    }
  }

  @Override
  public void up() {
    if (speaker != null) {
      speaker.advance();
    }
  }

  @Override
  public void received(CartesiaMessage message) {
    switch (message) {
      case CartesiaMessage.Chunk chunk -> toSpeaker(chunk.context(), message);
      case CartesiaMessage.Words(var context, _) -> toSpeaker(context, message);
      case CartesiaMessage.FlushDone(var context) -> toSpeaker(context, message);
      case CartesiaMessage.Done(var context) -> toSpeaker(context, message);
      case CartesiaMessage.Failure failure when failure.context().isEmpty() -> failed(failure);
      case CartesiaMessage.Failure failure -> toSpeaker(failure.context(), message);
      case CartesiaMessage.Unknown(var type) ->
          LOG.log(Level.DEBUG, "cartesia: a message of unknown type {0}", type);
    }
  }

  private void toSpeaker(String context, CartesiaMessage message) {
    if (speaker != null) {
      speaker.received(context, message);
    }
  }

  /// An error that concerns the connection.
  private void failed(CartesiaMessage.Failure failure) {
    LOG.log(Level.WARNING, "cartesia: the connection failed: {0}", failure.describe());
    if (Failures.isAccount(failure)) {
      refused(failure.describe());
    } else {
      socket.replace("an error without a context");
    }
  }

  @Override
  public void down(String why) {
    if (speaker != null) {
      speaker.down(why);
    }
  }

  @Override
  public void refused(String why) {
    refusal = why;
    if (speaker != null) {
      speaker.cancel();
    }
    provider.meters().failure("permanent");
    tell(permanent(0, why));
  }

  private static SynthesisEvent permanent(long reply, String why) {
    return new SynthesisEvent.Failed(reply, true, "cartesia", why, Duration.ZERO, "");
  }

  private void tell(SynthesisEvent event) {
    if (!closed) {
      events.accept(event);
    }
  }

  private String contextId() {
    contexts++;
    return prefix + contexts;
  }

  private static String prefix() {
    byte[] bytes = new byte[PREFIX_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes) + "-";
  }
}
