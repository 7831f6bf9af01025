package voiceagent.stt.local;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import voiceagent.kit.config.Settings;
import voiceagent.kit.dictation.Dictation;

/// How the recogniser of this process is used.
///
/// @param model folder of a Vosk model: `LOCAL_STT_MODEL`, or the one that the build unpacks
/// @param language `LOCAL_STT_LANGUAGE`: what the model hears
/// @param endpointing `LOCAL_STT_ENDPOINTING_MS`: silence that ends a stretch of speech
public record LocalConfig(Path model, String language, Duration endpointing) {
  public static LocalConfig from(Settings settings) {
    Path model = model(settings);
    if (!Files.isDirectory(model.resolve("am"))) {
      settings.problem(
          "LOCAL_STT_MODEL is "
              + model
              + ", expected the folder of a Vosk model, with am, conf and graph in it (preset: vosk/assets/model-en-us"
              + " beside stt-service.jar, where the build unpacks it)");
    }
    return new LocalConfig(
        model,
        settings.text("LOCAL_STT_LANGUAGE"),
        settings.millis("LOCAL_STT_ENDPOINTING_MS", 100, 5000));
  }

  private static Path model(Settings settings) {
    Optional<String> set = settings.optional("LOCAL_STT_MODEL");
    try {
      return set.map(Path::of).orElseGet(() -> Dictation.shippedModel(LocalConfig.class));
    } catch (InvalidPathException e) {
      return Path.of("invalid");
    }
  }
}
