package voiceagent.gateway.call;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Phrases as audio that the gateway holds itself, so that an apology can be said with every stage
/// down. Read once at start; made by `assets/audio/make.sh`.
public final class Clips {
  /// What is said, and the file that says it.
  public enum Name {
    GREETING("Hello, and thank you for calling. How can I help you?"),
    PROMPT("Are you still there?"),
    GOODBYE("I can not hear you, so I will end the call now. Goodbye."),
    TIME_WARNING("This call will end in half a minute."),
    TIME_LIMIT("We have reached the time limit of this call. Thank you for calling. Goodbye."),
    FILLER("One moment, please."),
    RESUMED("I am sorry, we were cut off for a moment. Please go on."),
    APOLOGY("I am sorry, I could not answer that. Please say it again."),
    STAGE_DOWN("I am sorry, we have a technical problem. One moment, please."),
    TROUBLE("I am sorry, we have a technical problem. Please call again later. Goodbye.");

    private final String text;

    Name(String text) {
      this.text = text;
    }

    /// The words of the clip.
    public String text() {
      return text;
    }

    /// All that the gateway says by itself, but the greeting, which is the agent's.
    public static List<String> texts() {
      return Stream.of(values()).filter(n -> n != GREETING).map(Name::text).toList();
    }

    /// The file in `assets/audio`: raw mu-law, 8000 Hz.
    public String file() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".ulaw";
    }
  }

  private final Map<Name, byte[]> audio = new EnumMap<>(Name.class);

  /// @throws UncheckedIOException if a clip is missing: the build is broken
  public Clips() {
    for (Name name : Name.values()) {
      try (InputStream in =
          Clips.class.getResourceAsStream("/voiceagent/gateway/clips/" + name.file())) {
        if (in == null) {
          throw new IOException("no clip " + name.file() + " among the gateway's resources");
        }
        audio.put(name, in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Mu-law, 8000 Hz.
  byte[] audio(Name name) {
    byte[] mulaw = audio.get(name);
    if (mulaw == null) {
      throw new IllegalStateException("no clip " + name);
    }
    return mulaw;
  }
}
