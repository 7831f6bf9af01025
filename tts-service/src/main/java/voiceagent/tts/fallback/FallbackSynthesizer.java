package voiceagent.tts.fallback;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import voiceagent.tts.synthesize.SoundSource;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.VoiceChoice;

/// Speech by a provider; what it can not speak, another voice speaks.
///
/// A reply that fails goes on in the other voice with the first clause whose audio is not complete.
/// After a failure that no waiting explains, replies of all calls begin in the other voice for a
/// while, so that callers do not wait for a provider that is down; then the provider is tried
/// again.
public final class FallbackSynthesizer implements Synthesizer {
  /// How long a provider that is down is left alone.
  public static final Duration PAUSE = Duration.ofSeconds(10);

  private final Synthesizer first;
  private final Synthesizer last;
  private final Duration pause;
  private final SynthesisMeters meters;
  private final AtomicLong firstAgainAt = new AtomicLong(System.nanoTime());

  public FallbackSynthesizer(
      Synthesizer first, Synthesizer last, Duration pause, SynthesisMeters meters) {
    this.first = first;
    this.last = last;
    this.pause = pause;
    this.meters = meters;
  }

  @Override
  public boolean speaks(VoiceChoice voice) {
    return first.speaks(voice) || last.speaks(voice);
  }

  @Override
  public SoundSource source(VoiceChoice voice) {
    return first.source(voice);
  }

  @Override
  public Session open(
      String call, EventLoop loop, VoiceChoice voice, Consumer<SynthesisEvent> events) {
    FallbackSession session = new FallbackSession(voice, events, this);
    session.open(
        first.open(call, loop, voice, session::ofFirst),
        last.open(call, loop, voice, session::ofLast));
    return session;
  }

  boolean lastSpeaks(VoiceChoice voice) {
    return last.speaks(voice);
  }

  boolean isFirstDown() {
    return firstAgainAt.get() - System.nanoTime() > 0;
  }

  void firstIsDown() {
    firstAgainAt.set(System.nanoTime() + pause.toNanos());
  }

  /// @param cause "down" for a reply that began in the other voice, "failed" for one that goes on
  ///   in it
  void fellBack(String cause) {
    meters.fallback(cause);
  }
}
