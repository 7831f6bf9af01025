package voiceagent.stt.recognize;

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
}
