package voiceagent.gateway.playout;

/// What a returned mark proves.
public sealed interface MarkEcho {
  /// Audio of this reply was heard up to here.
  record Heard(long reply, long samples) implements MarkEcho {}

  /// All audio of this reply was heard.
  record ReplyHeard(long reply) implements MarkEcho {}

  /// A clear was carried out: what is sent from now on is heard.
  record Fence() implements MarkEcho {}

  /// Nothing: the mark was pending when we cleared, so its audio may have been thrown away; or it
  /// is none of ours.
  record Nothing() implements MarkEcho {}
}
