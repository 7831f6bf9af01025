package voiceagent.gateway.twilio;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.websocket.WsListener;
import io.helidon.websocket.WsSession;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.call.CallInfo;
import voiceagent.gateway.call.CallLine;

/// One media stream: checks who opens it, reads it, and hands what it says to its call.
///
/// Helidon calls it on the socket's own virtual thread, which ends with the socket; that is the
/// only sign of a peer that went without a close frame.
final class TwilioSocket implements WsListener {
  /// Bytes. Source: RFC 6455, 5.5; Helidon reads longer ones.
  private static final int MAX_PING = 125;

  private static final System.Logger LOG = System.getLogger(TwilioSocket.class.getName());

  /// Longest message, fragments put together. Twilio's are 300 bytes.
  static final int MAX_MESSAGE = 64 * 1024;

  private static final long WRITE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long START_NANOS = Duration.ofSeconds(5).toNanos();
  private static final long PING_NANOS = Duration.ofMillis(400).toNanos();
  private static final long DEAF_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long VANISHED_NANOS = Duration.ofMillis(2500).toNanos();

  /// So many messages that cannot be read, and the stream ends.
  private static final int MAX_MALFORMED = 100;

  private static final int POLICY_VIOLATION = 1008;

  private final TwilioParts parts;
  private final StringBuilder fragments = new StringBuilder();
  private @Nullable WsSession session;
  private volatile @Nullable MediaStreamWriter writer;
  private volatile @Nullable CallLine line;
  private volatile long openedAt;
  private volatile long readAt;
  private volatile long endedAt;
  private volatile String endedBy = "";
  private long pingedAt;

  /// When the oldest ping without an answer went out; 0 if none is.
  private volatile long unansweredSince;

  /// The peer has answered a ping: if it does no more, it does not read. Twilio's docs promise no
  /// answers, so that one that never did proves nothing.
  private volatile boolean answersPings;

  private long lastChunk;
  private int malformed;

  TwilioSocket(TwilioParts parts) {
    this.parts = parts;
  }

  @Override
  public Optional<Headers> onHttpUpgrade(HttpPrologue prologue, Headers headers) {
    Optional<String> signature = headers.first(HeaderNames.create(TwilioSignature.HEADER));
    if (!parts.signature().isValidHandshake(prologue.uriPath().rawPath(), signature)) {
      parts.meters().streamRefused("signature");
      LOG.log(Level.WARNING, "a media stream was refused: no valid signature");
      throw RequestException.builder()
          .type(DirectHandler.EventType.FORBIDDEN)
          .status(Status.FORBIDDEN_403)
          .message("signature is not valid")
          .build();
    }
    return Optional.empty();
  }

  @Override
  public void onOpen(WsSession opened) {
    session = opened;
    openedAt = parts.timers().nanos();
    readAt = openedAt;
    parts.watchdog().watch(this);
    Thread own = Thread.currentThread();
    var _ =
        Thread.ofVirtual()
            .name("twilio-gone")
            .start(() -> {
              try {
                own.join();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              gone();
            });
  }

  @Override
  public void onMessage(WsSession opened, String text, boolean last) {
    readAt = parts.timers().nanos();
    if (last && fragments.isEmpty()) {
      read(text);
      return;
    }
    if (fragments.length() + text.length() > MAX_MESSAGE) {
      refuse("message-too-long");
      return;
    }
    fragments.append(text);
    if (last) {
      String whole = fragments.toString();
      fragments.setLength(0);
      read(whole);
    }
  }

  @Override
  public void onMessage(WsSession opened, BufferData binary, boolean last) {
    readAt = parts.timers().nanos();
    malformed("binary message");
  }

  /// Helidon leaves the answer to us.
  @Override
  public void onPing(WsSession opened, BufferData payload) {
    readAt = parts.timers().nanos();
    if (payload.available() > MAX_PING) {
      refuse("ping-too-long");
      return;
    }
    MediaStreamWriter writing = writer;
    if (writing != null) {
      writing.pong(payload);
    } else {
      opened.pong(payload);
    }
  }

  @Override
  public void onPong(WsSession opened, BufferData payload) {
    readAt = parts.timers().nanos();
    answersPings = true;
    unansweredSince = 0;
  }

  @Override
  public void onClose(WsSession opened, int code, String reason) {
    end("closed");
  }

  @Override
  public void onError(WsSession opened, Throwable error) {
    LOG.log(Level.DEBUG, "media stream failed", error);
    end("closed");
  }

  /// Called by the watchdog, on its thread.
  void check(long now) {
    MediaStreamWriter writing = writer;
    if (writing != null && writing.writingFor(now) > WRITE_NANOS) {
      cut("write-timeout");
    } else if (isOver() && now - endedAt > WRITE_NANOS) {
      cut("closed");
    } else if (writing == null && now - openedAt > START_NANOS) {
      cut("no-start");
    } else if (writing != null && now - readAt > VANISHED_NANOS) {
      cut("vanished");
    } else if (writing != null && isDeaf(now)) {
      cut("not-reading");
    } else if (writing != null && now - pingedAt > PING_NANOS) {
      pingedAt = now;
      if (unansweredSince == 0) {
        unansweredSince = now;
      }
      writing.ping();
    }
  }

  /// Called by the watchdog instead of [#check] after a pause of this process.
  void excuse(long now) {
    readAt = now;
    if (unansweredSince != 0) {
      unansweredSince = now;
    }
  }

  /// A peer that does not read, though it may still send (L10). What the kernel holds for it hides
  /// that from our writes for minutes.
  private boolean isDeaf(long now) {
    long since = unansweredSince;
    return answersPings && since != 0 && now - since > DEAF_NANOS;
  }

  private void read(String text) {
    if (isOver()) {
      return;
    }
    try {
      take(TwilioCodec.decode(text));
    } catch (ProtocolException e) {
      malformed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a message of a media stream could not be handled", e);
      refuse("error");
    }
  }

  private void take(TwilioMessage message) {
    CallLine live = line;
    switch (message) {
      case TwilioMessage.Connected _ -> {}
      case TwilioMessage.Unknown _ -> parts.meters().unknown();
      case TwilioMessage.Start start when live == null -> start(start);
      case TwilioMessage.Start _ -> parts.meters().outOfOrder();
      case TwilioMessage.Media _, TwilioMessage.Dtmf _, TwilioMessage.Mark _, TwilioMessage.Stop _
          when live == null ->
          refuse("before-start");
      case TwilioMessage.Media media -> {
        if (lastChunk > 0 && media.chunk() > lastChunk + 1) {
          parts.meters().missing(media.chunk() - lastChunk - 1);
        }
        lastChunk = media.chunk();
        live.audio(media.frame());
      }
      case TwilioMessage.Dtmf(char digit) -> live.dtmf(digit);
      case TwilioMessage.Mark(String name) -> live.mark(name);
      case TwilioMessage.Stop _ -> end("stop");
    }
  }

  private void start(TwilioMessage.Start start) {
    Map<String, String> given = start.parameters();
    CallInfo call = CallParameters.call(start.callSid(), given);
    String token = given.getOrDefault(CallParameters.TOKEN, "");
    if (parts.config().tokenRequired() || !token.isEmpty()) {
      Optional<StreamToken.Refusal> refusal =
          parts.tokens().spend(token, call.callSid(), call.agent());
      if (refusal.isPresent()) {
        refuse(refusal.get().name());
        return;
      }
    }
    WsSession open = java.util.Objects.requireNonNull(session);
    MediaStreamWriter writing =
        new MediaStreamWriter(
            open, new TwilioCodec(start.streamSid()), this::cut, parts.timers()::nanos);
    writer = writing;
    Optional<CallLine> claimed = parts.calls().claim(call, writing);
    if (claimed.isEmpty()) {
      parts.meters().streamRefused("no_place");
      end("no-place");
      writing.close("no-place");
      return;
    }
    line = claimed.get();
    if (isOver()) { // by the call's first writes
      claimed.get().ended(endedBy);
    }
  }

  private void malformed(String what) {
    parts.meters().malformed();
    malformed++;
    if (malformed == 1) {
      LOG.log(Level.WARNING, "a message of a media stream was dropped: {0}", what);
    }
    if (line == null || malformed > MAX_MALFORMED) {
      refuse("malformed");
    }
  }

  /// Ends a stream that breaks the rules.
  private void refuse(String reason) {
    if (line == null) {
      parts.meters().streamRefused(reason);
    }
    LOG.log(Level.WARNING, "a media stream was ended: {0}", reason);
    end("protocol");
    MediaStreamWriter writing = writer;
    if (writing != null) {
      writing.close(reason);
    } else if (session != null) {
      // Nobody else writes before `start`.
      session.close(POLICY_VIOLATION, reason);
    }
  }

  private void end(String reason) {
    synchronized (this) {
      if (!isOver()) {
        endedAt = parts.timers().nanos();
        endedBy = reason;
      }
    }
    CallLine live = line;
    if (live != null) {
      live.ended(endedBy);
    }
  }

  private boolean isOver() {
    return !endedBy.isEmpty();
  }

  /// Ends the connection without a word to the peer; any thread.
  private void cut(String reason) {
    if (!isOver()) {
      LOG.log(Level.WARNING, "a media stream was cut: {0}", reason);
    }
    end(reason);
    MediaStreamWriter writing = writer;
    if (writing != null) {
      writing.stop();
    }
    if (session instanceof ServerConnection connection) {
      connection.close(true);
    }
  }

  private void gone() {
    parts.watchdog().forget(this);
    end("closed");
    MediaStreamWriter writing = writer;
    if (writing != null) {
      writing.stop();
    }
  }
}
