package voiceagent.stt.recognize;

import java.util.List;
import java.util.function.Consumer;

/// Port: a provider that turns caller audio into speech events.
public interface Recognizer {
  /// Begins to listen to a call; returns at once, while the provider is being connected.
  ///
  /// Call it on an event loop: all of the call's work stays on that loop, and so must the calls to
  /// what it returns.
  ///
  /// @param events told of each event, in audio order, on that loop; must not block
  Recognition open(RecognitionRequest request, Consumer<SpeechEvent> events);

  /// What it can do beyond the contract's minimum, one lower-case word each.
  List<String> capabilities();

  /// Calls at once that it can serve, whatever the stage may.
  default int mostCalls() {
    return Integer.MAX_VALUE;
  }

  /// Ends what it holds beside its calls; after the last of them.
  default void close() {}
}
