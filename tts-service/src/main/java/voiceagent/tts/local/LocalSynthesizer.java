package voiceagent.tts.local;

import io.netty.channel.EventLoop;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import voiceagent.speech.LocalVoice;
import voiceagent.tts.synthesize.SoundSource;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.SynthesisMeters;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.tts.synthesize.VoiceChoice;

/// Speech by FreeTTS in this process. It speaks English, in one voice; the speed can be chosen.
///
/// A second of speech takes 1 to 2 ms of a processor, on two threads of its own: the event loops
/// wait for none of it.
public final class LocalSynthesizer implements Synthesizer {
  /// Full: that clause's reply fails.
  private static final int MAX_WAITING = 1000;

  private static final int THREADS = 2;

  private final LocalVoice voice = new LocalVoice();
  private final SynthesisMeters meters;
  private final ThreadPoolExecutor makers =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING),
          Thread.ofPlatform().name("local-speech-", 0).daemon().factory());

  public LocalSynthesizer(SynthesisMeters meters) {
    this.meters = meters;
  }

  /// Makes the voices in the background, so that the first reply does not wait for that.
  public LocalSynthesizer warmUp() {
    makers.execute(voice::warmUp);
    return this;
  }

  @Override
  public boolean speaks(VoiceChoice choice) {
    String language = choice.language().toLowerCase(Locale.ROOT);
    return language.isEmpty() || language.split("[-_]", 2)[0].equals("en");
  }

  @Override
  public SoundSource source(VoiceChoice choice) {
    return new SoundSource("local", "freetts", "kevin16");
  }

  @Override
  public Session open(
      String call, EventLoop loop, VoiceChoice choice, Consumer<SynthesisEvent> events) {
    return new LocalSession(call, loop, choice, events, voice, makers, this::speaks, meters);
  }
}
