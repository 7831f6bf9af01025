package voiceagent.sim.twilio;

import voiceagent.kit.audio.AudioFrame;

/// What a gateway says on a media stream.
sealed interface GatewayMessage {
  record Media(AudioFrame frame) implements GatewayMessage {}

  record Mark(String name) implements GatewayMessage {}

  record Clear() implements GatewayMessage {}

  /// What Twilio warns of with 31951 and drops.
  ///
  /// @param why what, which value, what was expected
  record Invalid(String why) implements GatewayMessage {}
}
