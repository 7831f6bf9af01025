package voiceagent.gateway.twilio;

import java.util.Map;
import voiceagent.kit.audio.AudioFrame;

/// What Twilio says on one Media Streams socket: `Connected`, `Start`, then `Media`, `Mark` and
/// `Dtmf` in any order, then `Stop`. Source: Twilio docs, "Media Streams - WebSocket Messages".
sealed interface TwilioMessage {
  record Connected() implements TwilioMessage {}

  /// @param streamSid goes with every command of ours
  /// @param callSid the call that the stream belongs to
  /// @param parameters the `<Parameter>`s of our TwiML
  record Start(String streamSid, String callSid, Map<String, String> parameters)
      implements TwilioMessage {
    /// Without the parameters, which hold the token and the caller's number.
    @Override
    public String toString() {
      return "Start[" + callSid + "]";
    }
  }

  /// @param chunk counts these messages from 1; 0 if Twilio gave none
  record Media(long chunk, AudioFrame frame) implements TwilioMessage {}

  /// @param digit 0-9, *, #, A-D; never logged
  record Dtmf(char digit) implements TwilioMessage {}

  /// All audio sent before this mark was played, or thrown away by our `clear`: Twilio does not say
  /// which, so playout decides.
  record Mark(String name) implements TwilioMessage {}

  record Stop() implements TwilioMessage {}

  /// An event we do not know; kept, so that a new one of Twilio's never ends a call.
  record Unknown() implements TwilioMessage {}
}
