package voiceagent.gateway.turn;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// When words spoken over the agent interrupt it. Pure.
///
/// @param minWords how many words interrupt, 1 to 5
/// @param backchannels words that only say "I am listening"
public record BargeIn(int minWords, Set<String> backchannels) {
  private static final Map<String, Set<String>> BY_LANGUAGE =
      Map.of(
          "en",
          Set.of(
              "uh", "huh", "uh-huh", "mhm", "mm", "mmm", "hmm", "hm", "mm-hmm", "um", "ah", "oh",
              "yeah", "yep", "yup", "okay", "ok", "right", "sure", "alright"),
          "de",
          Set.of("mhm", "hm", "ja", "okay", "ok", "genau", "aha", "ach", "so", "gut", "stimmt"),
          "es",
          Set.of("mhm", "ajá", "sí", "vale", "ya", "claro", "ok", "bueno"),
          "fr",
          Set.of("mhm", "hm", "oui", "ouais", "ok", "ah", "bon", "voilà"));

  /// @param language BCP 47; of an unknown one no word counts as a backchannel
  public static BargeIn of(int minWords, String language) {
    String base = language.toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    return new BargeIn(minWords, BY_LANGUAGE.getOrDefault(base, Set.of()));
  }

  /// Whether these words stop the agent.
  public boolean interrupts(String words) {
    return words(words).size() >= minWords && !isBackchannel(words);
  }

  /// Whether these words say nothing but "go on".
  public boolean isBackchannel(String words) {
    return backchannels.containsAll(words(words));
  }

  private static List<String> words(String text) {
    return List.of(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}'’-]+", -1)).stream()
        .filter(w -> !w.isEmpty())
        .toList();
  }
}
