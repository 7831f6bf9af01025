package voiceagent.brain;

import java.util.List;
import java.util.Set;
import voiceagent.brain.groq.GroqLanguageModel;
import voiceagent.brain.llm.Deadlines;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.ModelException;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.TokenBudget;
import voiceagent.kit.config.Settings;
import voiceagent.kit.service.SmokeResult;
import voiceagent.kit.time.Timers;

/// Whether a model would answer in calls: asks which ones the account can use.
public final class BrainSmoke {
  private static final String GROQ = "Groq";

  private BrainSmoke() {}

  /// Blocks for some seconds at most.
  ///
  /// @throws voiceagent.kit.config.SettingsException with all mistakes in the brain's settings
  public static SmokeResult ask(Settings settings) {
    BrainConfig config = BrainConfig.from(settings);
    settings.check();
    try (Timers clock = Timers.system("smoke");
        LanguageModel model =
            new GroqLanguageModel(
                config.base(), config.key(), Deadlines.PRESET, new TokenBudget(), clock)) {
      return offered(config.models(), model.models());
    } catch (ModelException e) {
      ModelFailure failure = e.failure();
      return switch (failure.kind()) {
        case UNAUTHORIZED -> SmokeResult.refused(GROQ, 401, failure.detail());
        case LIMITED -> SmokeResult.refused(GROQ, 429, failure.detail());
        case UNREACHABLE, TIMEOUT -> SmokeResult.refused(GROQ, 0, failure.detail());
        case OVERLOADED, BROKEN, TOOL_FAILED -> SmokeResult.refused(GROQ, 500, failure.detail());
        case GONE, REJECTED, TOO_LONG -> SmokeResult.refused(GROQ, 400, failure.detail());
      };
    }
  }

  private static SmokeResult offered(List<String> wanted, Set<String> offered) {
    List<String> usable = wanted.stream().filter(offered::contains).toList();
    if (usable.isEmpty()) {
      return SmokeResult.bad(
          GROQ,
          "takes the key, but offers none of "
              + String.join(", ", wanted)
              + ". Set GROQ_MODEL to one that it offers, such as "
              + offered.stream().sorted().findFirst().orElse("(it offers none)"));
    }
    return usable.getFirst().equals(wanted.getFirst())
        ? SmokeResult.good(GROQ, "The key is good and " + usable.getFirst() + " answers.")
        : SmokeResult.good(
            GROQ,
            "The key is good, but "
                + wanted.getFirst()
                + " is not offered any more: "
                + usable.getFirst()
                + " answers. Change GROQ_MODEL");
  }
}
