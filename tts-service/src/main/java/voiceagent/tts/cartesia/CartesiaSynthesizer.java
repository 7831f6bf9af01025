package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import voiceagent.tts.synthesize.SoundSource;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.VoiceChoice;

/// Speech by Cartesia: one socket for each call, one context for each reply.
public final class CartesiaSynthesizer implements Synthesizer {
  private final CartesiaConfig config;
  private final SynthesisMeters meters;
  private final ContextPlaces places;

  public CartesiaSynthesizer(CartesiaConfig config, SynthesisMeters meters) {
    this.config = config;
    this.meters = meters;
    places = new ContextPlaces(config.concurrency());
  }

  @Override
  public SoundSource source(VoiceChoice voice) {
    return new SoundSource(
        "cartesia", config.model(), voice.voice().isEmpty() ? config.voice() : voice.voice());
  }

  @Override
  public Session open(
      String call, EventLoop loop, VoiceChoice voice, Consumer<SynthesisEvent> events) {
    CartesiaSession session =
        new CartesiaSession(call, loop, voice, events, config, places, meters);
    session.open();
    return session;
  }
}
