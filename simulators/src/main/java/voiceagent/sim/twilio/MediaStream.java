package voiceagent.sim.twilio;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.socket.ProviderException;
import voiceagent.kit.socket.ProviderSocket;
import voiceagent.sim.twilio.GatewayMessage.Clear;
import voiceagent.sim.twilio.GatewayMessage.Invalid;
import voiceagent.sim.twilio.GatewayMessage.Mark;
import voiceagent.sim.twilio.GatewayMessage.Media;

/// One bidirectional media stream, as Twilio keeps it: the caller's frame each 20 ms by absolute
/// deadline, and what comes back played by the same clock.
///
/// Everything runs on the call's event loop.
final class MediaStream implements ProviderSocket.Listener {
  private static final System.Logger LOG = System.getLogger(MediaStream.class.getName());
  private static final long FRAME_NANOS = Duration.ofMillis(20).toNanos();
  private static final int NORMAL = 1000;

  private final EventLoop loop;
  private final StreamCodec codec;
  private final String streamSid;
  private final CallTimeline timeline;
  private final CallerVoice voice;
  private final CallRecording recording;
  private final LineFaults faults;
  private final Listener listener;
  private final AgentSpeech speech;

  private @Nullable ProviderSocket socket;
  private @Nullable Playback playback;
  private @Nullable ScheduledFuture<?> markTimer;
  private long markDue = Long.MIN_VALUE;
  private long startNanos;
  private long startSample;
  private long frames;
  private long lastArrival = Long.MIN_VALUE;
  private long lastEcho = Long.MIN_VALUE;
  private boolean warnedMalformed;
  private boolean warnedInvalid;
  private boolean over;

  /// Told on the event loop.
  interface Listener {
    void started();

    void agentSpeaks();

    void agentQuiet();

    void cleared();

    void error(TwilioError error);

    /// Once, whoever ended it.
    void ended(StreamEnd end);
  }

  MediaStream(
      EventLoop loop,
      StreamCodec codec,
      String streamSid,
      CallTimeline timeline,
      CallerVoice voice,
      CallRecording recording,
      LineFaults faults,
      Listener listener) {
    this.loop = loop;
    this.codec = codec;
    this.streamSid = streamSid;
    this.timeline = timeline;
    this.voice = voice;
    this.recording = recording;
    this.faults = faults;
    this.listener = listener;
    speech = new AgentSpeech(new Speech());
  }

  /// Connects and starts.
  ///
  /// @param local where to connect to
  /// @param signedUrl the public URL that the handshake is signed for
  void open(URI local, String signedUrl, Map<String, String> parameters) {
    String signature = TwilioSignature.of(TwilioSimulator.AUTH_TOKEN, signedUrl, Map.of());
    Map<String, String> headers =
        Map.of(TwilioSignature.HEADER, signature, "User-Agent", "Twilio.TmeWs/1.0");
    var _ =
        ProviderSocket.open(loop, local, headers, this)
            .whenComplete((opened, error) -> {
              if (error != null) {
                refused(error);
              } else if (over) {
                opened.close(NORMAL, "");
              } else {
                start(opened, parameters);
              }
            });
  }

  private void start(ProviderSocket opened, Map<String, String> parameters) {
    socket = opened;
    startNanos = System.nanoTime();
    startSample = timeline.start(startNanos);
    playback = new Playback(startSample, new Ear());
    opened.text(codec.connected());
    opened.text(codec.start(parameters));
    recording.add(new CallEvent.StreamStarted(startSample, streamSid));
    listener.started();
    tick();
  }

  private void refused(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    String why = String.valueOf(cause == null ? error.getMessage() : cause.getMessage());
    int code;
    if (cause instanceof ProviderException refusal && refusal.status() > 0) {
      code = TwilioError.STREAM_HANDSHAKE;
    } else if (why.contains("refused")) {
      code = TwilioError.STREAM_CONNECTION_REFUSED;
    } else if (why.contains("SSL") || why.contains("TLS")) {
      code = TwilioError.STREAM_TLS;
    } else {
      code = TwilioError.STREAM_TIMED_OUT;
    }
    end(new StreamEnd.Refused(new TwilioError(code, "the stream's handshake: " + why)));
  }

  private void tick() {
    if (over) {
      return;
    }
    long now = System.nanoTime();
    while (due(frames + 1) <= now) {
      frame(now);
    }
    Playback playing = playback;
    if (playing != null) {
      advance(playing, timeline.at(now));
    }
    var _ = later(due(frames + 1) - System.nanoTime(), this::tick);
  }

  private long due(long frame) {
    return startNanos + frame * FRAME_NANOS;
  }

  private void frame(long now) {
    long at = startSample + frames * AudioFrame.SAMPLES;
    byte[] mulaw = voice.next(at);
    frames++;
    recording.said(at, mulaw, now - due(frames));
    send(codec.media(mulaw, frames * 20));
  }

  private void advance(Playback playing, long now) {
    playing.advance(now);
    if (playing.dry()) {
      speech.dry(playing.playhead(), now);
    }
    awaitMark(playing);
  }

  /// Wakes up when the next mark is reached.
  private void awaitMark(Playback playing) {
    OptionalLong next = playing.nextMark();
    long due = next.orElse(Long.MIN_VALUE);
    if (due == markDue) {
      return;
    }
    markDue = due;
    if (markTimer != null) {
      markTimer.cancel(false);
    }
    if (next.isPresent()) {
      markTimer =
          later(
              timeline.nanos(due) - System.nanoTime(),
              () -> advance(playing, timeline.at(System.nanoTime())));
    }
  }

  @Override
  public void text(String message) {
    long now = System.nanoTime();
    lastArrival = Math.max(now + faults.audioDelay().toNanos(), lastArrival);
    if (lastArrival <= now) {
      received(message);
    } else {
      var _ = later(lastArrival - now, () -> received(message));
    }
  }

  private void received(String message) {
    Playback playing = playback;
    if (over || playing == null) {
      return;
    }
    long now = timeline.at(System.nanoTime());
    switch (codec.decode(message)) {
      case Media(AudioFrame frame) -> media(playing, now, frame);
      case Mark(String name) -> {
        recording.add(new CallEvent.MarkReceived(now, name));
        speech.mark(name);
        playing.mark(now, name);
      }
      case Clear _ -> {
        int discarded = playing.clear(now);
        recording.add(new CallEvent.Cleared(now, discarded));
        listener.cleared();
        speech.cleared(now);
      }
      case Invalid(String why) -> {
        if (!warnedInvalid) {
          warnedInvalid = true;
          listener.error(new TwilioError(TwilioError.INVALID_MESSAGE, why));
        }
      }
    }
    awaitMark(playing);
  }

  private void media(Playback playing, long now, AudioFrame frame) {
    playing.advance(now);
    long drySince = playing.playhead();
    boolean dry = playing.dry();
    OptionalLong at = playing.media(now, frame);
    if (at.isEmpty()) {
      listener.error(
          new TwilioError(
              TwilioError.INVALID_MESSAGE,
              "the stream has " + Playback.MAX_SAMPLES / AudioFrame.RATE + " s to play already"));
      abort();
      return;
    }
    recording.add(new CallEvent.AudioReceived(now, frame.length(), at.getAsLong()));
    speech.audio(at.getAsLong(), dry ? drySince : at.getAsLong());
  }

  @Override
  public void binary(ByteBuf message) {
    if (!warnedMalformed) {
      warnedMalformed = true;
      listener.error(
          new TwilioError(
              TwilioError.MALFORMED_MESSAGE,
              "a binary message of " + message.readableBytes() + " bytes, expected text"));
    }
  }

  private void echo(String name) {
    long now = System.nanoTime();
    lastEcho = Math.max(now + faults.echoDelay().toNanos(), lastEcho);
    if (lastEcho <= now) {
      send(codec.mark(name));
    } else {
      var _ = later(lastEcho - now, () -> send(codec.mark(name)));
    }
  }

  void dtmf(char digit) {
    if (socket != null && !over) {
      recording.add(new CallEvent.DigitPressed(timeline.at(System.nanoTime())));
      send(codec.dtmf(digit));
    }
  }

  /// Ends the stream from Twilio's side: `stop`, then the close.
  void stop(String reason) {
    ProviderSocket open = socket;
    Playback playing = playback;
    if (!over && open != null && playing != null) {
      advance(playing, timeline.at(System.nanoTime()));
      open.text(codec.stop());
      open.close(NORMAL, "");
    }
    end(new StreamEnd.Stopped(reason));
  }

  /// The connection is cut, without `stop` and close.
  void abort() {
    if (socket != null) {
      socket.abort("cut");
    }
  }

  /// The carrier is there no more: it neither sends nor reads, and the connection stays.
  void vanish() {
    if (socket != null) {
      socket.reading(false);
    }
    end(new StreamEnd.Stopped("the carrier vanished"));
  }

  /// After [#vanish]: gives the connection up.
  void release() {
    if (socket != null) {
      socket.abort("given up");
    }
  }

  @Override
  public void closed(int code, String reason) {
    end(code == ProviderSocket.ABNORMAL ? new StreamEnd.Lost() : new StreamEnd.Closed(code));
  }

  private void end(StreamEnd end) {
    if (over) {
      return;
    }
    over = true;
    Playback playing = playback;
    if (playing != null) {
      long now = timeline.at(System.nanoTime());
      playing.advance(now);
      speech.cleared(playing.dry() ? playing.playhead() : now);
      recording.add(new CallEvent.StreamEnded(now, end.reason()));
    }
    voice.cut();
    listener.ended(end);
  }

  private void send(String message) {
    if (socket != null && !over) {
      socket.text(message);
    }
  }

  private ScheduledFuture<?> later(long nanos, Runnable task) {
    return loop.schedule(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a simulated stream failed", e);
            abort();
          }
        },
        Math.max(0, nanos),
        TimeUnit.NANOSECONDS);
  }

  /// The caller's ear.
  private final class Ear implements Playback.Ear {
    @Override
    public void played(long from, byte[] mulaw, int offset, int length) {
      recording.played(from, mulaw, offset, length);
    }

    @Override
    public void reached(long at, String mark, boolean played) {
      if (!over && !faults.drops(mark)) {
        recording.add(new CallEvent.MarkEchoed(at, mark, played));
        echo(mark);
      }
    }
  }

  private final class Speech implements AgentSpeech.Listener {
    @Override
    public void speaks(long at) {
      recording.add(new CallEvent.AgentSpeaks(at));
      listener.agentSpeaks();
    }

    @Override
    public void quiet(long at) {
      recording.add(new CallEvent.AgentQuiet(at));
      listener.agentQuiet();
    }

    @Override
    public void underrun(long from, long to) {
      recording.add(new CallEvent.Underrun(from, to));
    }
  }
}
