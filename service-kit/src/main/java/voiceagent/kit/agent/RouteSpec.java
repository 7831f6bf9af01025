package voiceagent.kit.agent;

import java.util.List;

/// A question that has a fixed answer.
///
/// @param examples how callers ask it
/// @param answer its text; may hold `{{variables}}`
/// @param recording WAV file of the answer, beside the agent file; empty: it is synthesised
/// @param threshold least likeness to the examples, 0 to 1
/// @param lead by which it must be more like them than to those of any other route
public record RouteSpec(
    String name,
    List<String> examples,
    String answer,
    String recording,
    double threshold,
    double lead) {
  /// Set on `tuning.tsv` of brain-service, see docs/performance.md.
  public static final double THRESHOLD = 0.40;

  public static final double LEAD = 0.03;
}
