package voiceagent.gateway.twilio;

import voiceagent.kit.audio.AudioFrame;

/// What we say to Twilio on a Media Streams socket.
sealed interface TwilioCommand {
  record Media(AudioFrame frame) implements TwilioCommand {}

  record Mark(String name) implements TwilioCommand {}

  record Clear() implements TwilioCommand {}
}
