package voiceagent.kit.agent;

import java.util.List;
import java.util.Map;

/// Who answers a call: one agent file.
///
/// @param id the file's name without its ending
/// @param name what it calls itself
/// @param language BCP 47
/// @param numbers called numbers or SIP URIs that it answers
/// @param voice how it sounds
/// @param greeting its first sentence; may hold `{{variables}}`
/// @param persona its system prompt; empty: the brain's own
/// @param keyterms words that the speech recogniser shall expect
/// @param variables values for `{{name}}`, unless a call brings its own
/// @param brain tools, routes and extraction
public record Agent(
    String id,
    String name,
    String company,
    String language,
    List<String> numbers,
    Voice voice,
    String greeting,
    String persona,
    List<String> keyterms,
    Map<String, String> variables,
    Policies policies,
    BrainSettings brain) {
  /// The agent that `AGENT_NAME`, `COMPANY_NAME` and `GREETING` describe.
  public static final String DEFAULT = "default";

  /// @param id the provider's; empty: the stage's preset
  /// @param speed 0.6 to 1.5; 0: the voice's own
  /// @param pronunciation id of a dictionary at the provider; empty: none
  public record Voice(String id, double speed, String pronunciation) {}
}
