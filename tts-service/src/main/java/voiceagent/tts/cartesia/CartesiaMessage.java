package voiceagent.tts.cartesia;

import java.util.List;

/// What Cartesia says on a socket. Contexts interleave; within one, audio comes in the order of its
/// inputs.
///
/// Source: Cartesia API reference, "TTS WebSocket"; docs "Contexts", "Context Flushing".
sealed interface CartesiaMessage {
  /// A stretch of audio, in the encoding asked for.
  ///
  /// A class, not a record: it holds an array.
  final class Chunk implements CartesiaMessage {
    private final String context;
    private final byte[] audio;

    Chunk(String context, byte[] audio) {
      this.context = context;
      this.audio = audio;
    }

    String context() {
      return context;
    }

    byte[] audio() {
      return audio;
    }
  }

  /// When words are spoken, in samples at 8000 Hz since the context's audio began.
  record Words(String context, List<Word> words) implements CartesiaMessage {}

  record Word(String text, long start, long end) {}

  /// All audio of one input was sent. Comes for each input when nothing is buffered, though not
  /// promised.
  record FlushDone(String context) implements CartesiaMessage {}

  /// All audio of a context was sent: because it was closed, or because it expired.
  record Done(String context) implements CartesiaMessage {}

  /// @param context empty if the error concerns the connection
  /// @param status 0 if there is none
  /// @param code empty if there is none
  record Failure(String context, int status, String code, String text, String requestId)
      implements CartesiaMessage {
    /// For logs.
    String describe() {
      return (status + " " + code + " " + text).replaceAll(" +", " ").strip();
    }
  }

  /// A message we do not know or can not read; kept, so that a new one never ends a call.
  record Unknown(String type) implements CartesiaMessage {}
}
