package voiceagent.tts.synthesize;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/// Port: a provider that turns text into telephone audio.
public interface Synthesizer {
  /// Opens the way to the provider for one call. Returns at once and connects meanwhile, so that
  /// the first reply waits for no connection.
  ///
  /// @param call for logs
  /// @param loop runs all of the session: its methods may be called on it only
  /// @param events told in order, on the loop; must not block
  Session open(String call, EventLoop loop, VoiceChoice voice, Consumer<SynthesisEvent> events);

  /// Whether it can speak as asked; false where only the language is in the way.
  default boolean speaks(VoiceChoice voice) {
    return true;
  }

  /// What would make the audio.
  SoundSource source(VoiceChoice voice);

  /// One call's replies, one at a time. On its event loop.
  interface Session {
    /// Speaks a clause; the first of a reply ends the reply before. A clause of a reply that is
    /// over is dropped.
    ///
    /// @param clause grows within a reply
    /// @param text joined to the clauses before it as it is
    /// @param last no clause follows; the text may then be empty
    void speak(long reply, int clause, String text, boolean last);

    /// Nothing of a reply is told any more.
    void cancel(long reply);

    /// From the next reply on.
    void voice(VoiceChoice voice);

    /// Ends the session within 1 s; nothing is told any more. Harmless when repeated.
    void close();
  }
}
