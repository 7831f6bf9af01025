package voiceagent.gateway.call;

/// Whether a call can be taken.
public sealed interface Admission {
  /// A slot and all three stage streams are reserved for 10 s.
  record Admitted() implements Admission {}

  record Refused(Reason reason) implements Admission {}

  /// Why a call cannot be taken; the tag of `voiceagent_calls_refused_total`.
  enum Reason {
    GATEWAY_FULL,
    STAGE_FULL,
    STAGE_UNAVAILABLE,
    DRAINING
  }
}
