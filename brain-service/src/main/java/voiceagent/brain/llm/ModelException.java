package voiceagent.brain.llm;

/// A request to a model that failed.
public final class ModelException extends Exception {
  private final transient ModelFailure failure;

  public ModelException(ModelFailure failure) {
    super(failure.kind().word() + ": " + failure.detail());
    this.failure = failure;
  }

  public ModelFailure failure() {
    return failure;
  }
}
