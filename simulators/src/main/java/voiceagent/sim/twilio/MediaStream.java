package voiceagent.sim.twilio;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.socket.ProviderSocket;
import voiceagent.kit.time.Timers;
import voiceagent.sim.twilio.GatewayMessage.Clear;
import voiceagent.sim.twilio.GatewayMessage.Invalid;
import voiceagent.sim.twilio.GatewayMessage.Mark;
import voiceagent.sim.twilio.GatewayMessage.Media;

/// One bidirectional media stream, as Twilio keeps it: the caller's frame each 20 ms by absolute
/// deadline, and what comes back played by the same clock.
///
/// Everything runs on the call's event loop.
final class MediaStream implements ProviderSocket.Listener {
  private static final long FRAME_NANOS = Duration.ofMillis(20).toNanos();
  private static final int NORMAL = 1000;

  private final EventLoop loop;
  private final FrameClock clock;
  private final Timers timers;
  private final Runnable tick = this::tick;
  private final StreamCodec codec;
  private final String streamSid;
  private final CallTimeline timeline;
  private final CallerVoice voice;
  private final CallRecording recording;
  private final LineFaults faults;
  private final Listener listener;
  private final AgentSpeech speech;
  private final EchoPath echoPath = new EchoPath();

  private @Nullable ProviderSocket socket;
  private @Nullable Playback playback;
  private Timers.@Nullable Timer markTimer;
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
      FrameClock clock,
      Timers timers,
      StreamCodec codec,
      String streamSid,
      CallTimeline timeline,
      CallerVoice voice,
      CallRecording recording,
      LineFaults faults,
      Listener listener) {
    this.loop = loop;
    this.clock = clock;
    this.timers = timers;
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
                end(new StreamEnd.Refused(TwilioError.ofHandshake(error)));
              } else if (over) {
                opened.close(NORMAL, "");
              } else {
                start(opened, parameters);
              }
            });
  }

  private void start(ProviderSocket opened, Map<String, String> parameters) {
    socket = opened;
    startNanos = System.nanoTime() / FrameClock.SLOT_NANOS * FrameClock.SLOT_NANOS;
    startSample = timeline.start(startNanos);
    playback = new Playback(startSample, new Ear());
    opened.text(codec.connected());
    opened.text(codec.start(parameters));
    recording.add(new CallEvent.StreamStarted(startSample, streamSid));
    listener.started();
    clock.add(startNanos, tick);
  }

  private void tick() {
    if (over) {
      return;
    }
    long now = System.nanoTime();
    Playback playing = playback;
    if (playing != null) {
      advance(playing, timeline.at(now));
    }
    while (due(frames + 1) <= now) {
      frame(now);
    }
  }

  private long due(long frame) {
    return startNanos + frame * FRAME_NANOS;
  }

  private void frame(long now) {
    long at = startSample + frames * AudioFrame.SAMPLES;
    byte[] mulaw = voice.next(at);
    LineFaults.Echo echo = faults.echo();
    if (echo.gain() > 0) {
      echoPath.mix(mulaw, at, echo.delay(), echo.gain());
    }
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
      markTimer.cancel();
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
    playing.buffer(faults.buffer().toMillis() * 8);
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

  /// Stops or goes on reading what the gateway sends; the caller's frames go on.
  void reading(boolean on) {
    if (socket != null) {
      socket.reading(on);
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
    clock.remove(tick);
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

  private Timers.Timer later(long nanos, Runnable task) {
    return timers.after(Duration.ofNanos(Math.max(0, nanos)), () -> loop.execute(task));
  }

  /// The caller's ear.
  private final class Ear implements Playback.Ear {
    @Override
    public void played(long from, byte[] mulaw, int offset, int length) {
      recording.played(from, mulaw, offset, length);
      if (faults.echo().gain() > 0) {
        echoPath.played(from, mulaw, offset, length);
      }
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
