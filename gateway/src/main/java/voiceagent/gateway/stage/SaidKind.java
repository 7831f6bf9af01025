package voiceagent.gateway.stage;

/// What kind of sentence the gateway spoke by itself.
public enum SaidKind {
  GREETING,
  /// "Are you still there?"
  PROMPT,
  /// "One moment."
  FILLER,
  APOLOGY,
  GOODBYE;

  voiceagent.v1.SaidKind onTheWire() {
    return voiceagent.v1.SaidKind.valueOf("SAID_KIND_" + name());
  }
}
