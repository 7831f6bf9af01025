package voiceagent.tts.cartesia;

/// A context that lives at Cartesia: what comes of it, and when it last gave audio.
final class LiveContext {
  final ContextTrack track;
  final AudioConverter converter;

  /// By `System.nanoTime`.
  long lastAudio;

  LiveContext(ContextTrack track, AudioConverter converter) {
    this.track = track;
    this.converter = converter;
  }

  String id() {
    return track.id;
  }

  /// Whether Cartesia may end it before the next clause reaches it: all it was given is spoken, for
  /// longer than this.
  boolean isExpiring(long nanos) {
    return !track.owes() && track.hasAudio() && System.nanoTime() - lastAudio > nanos;
  }
}
