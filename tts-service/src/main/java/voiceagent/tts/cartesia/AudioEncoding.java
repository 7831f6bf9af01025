package voiceagent.tts.cartesia;

import java.util.Locale;

/// `CARTESIA_ENCODING`: what Cartesia is asked for, at 8000 Hz.
public enum AudioEncoding {
  /// As the caller gets it.
  PCM_MULAW,
  /// 16-bit little-endian, converted here.
  PCM_S16LE;

  /// As Cartesia writes it.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
