package voiceagent.brain.llm;

/// Tokens of one request, as the provider counts them; all zero when it did not say.
///
/// @param cached part of the prompt that the provider had cached
public record TokenUsage(long prompt, long completion, long cached) {
  /// Both together.
  public TokenUsage plus(TokenUsage more) {
    return new TokenUsage(prompt + more.prompt, completion + more.completion, cached + more.cached);
  }

  public static final TokenUsage UNKNOWN = new TokenUsage(0, 0, 0);
}
