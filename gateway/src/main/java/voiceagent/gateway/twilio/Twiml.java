package voiceagent.gateway.twilio;

import com.twilio.twiml.VoiceResponse;
import com.twilio.twiml.voice.Connect;
import com.twilio.twiml.voice.Dial;
import com.twilio.twiml.voice.Hangup;
import com.twilio.twiml.voice.Number;
import com.twilio.twiml.voice.Parameter;
import com.twilio.twiml.voice.Pause;
import com.twilio.twiml.voice.Redirect;
import com.twilio.twiml.voice.Reject;
import com.twilio.twiml.voice.Say;
import com.twilio.twiml.voice.Sip;
import com.twilio.twiml.voice.Stream;
import java.util.Map;

/// What we tell Twilio to do with a call, as TwiML. Source: Twilio docs, "TwiML for Programmable
/// Voice".
final class Twiml {
  /// Query parameter of `/after-transfer`: it was the stand-in that was dialled.
  static final String STAND_IN = "stand-in";

  static final String CUT_OFF =
      "We are sorry, the line breaks down again and again. Please call again later. Goodbye.";

  static final String UNANSWERED =
      "We are sorry, nobody can take your call at the moment. Please call again later. Goodbye.";

  private Twiml() {}

  /// A media stream to us, and then the question what comes after it.
  ///
  /// @param host by which Twilio reaches us
  /// @param parameters by [CallParameters]
  static String connect(String host, Map<String, String> parameters) {
    Stream.Builder stream = new Stream.Builder().url("wss://" + host + "/ws");
    parameters.forEach(
        (name, value) -> stream.parameter(new Parameter.Builder().name(name).value(value).build()));
    return new VoiceResponse.Builder()
        .connect(new Connect.Builder().stream(stream.build()).build())
        .redirect(new Redirect.Builder("/after-stream").build())
        .build()
        .toXml();
  }

  static String hangUp() {
    return new VoiceResponse.Builder().hangup(new Hangup.Builder().build()).build().toXml();
  }

  /// A sentence, then the end of the call.
  static String sayAndHangUp(String sentence) {
    return new VoiceResponse.Builder()
        .say(new Say.Builder(sentence).build())
        .hangup(new Hangup.Builder().build())
        .build()
        .toXml();
  }

  /// The call is not answered, and not billed: the caller hears the busy tone.
  static String rejectBusy() {
    return new VoiceResponse.Builder()
        .reject(new Reject.Builder().reason(Reject.Reason.BUSY).build())
        .build()
        .toXml();
  }

  /// The same question again in a second.
  static String askAgain() {
    return new VoiceResponse.Builder()
        .pause(new Pause.Builder().length(1).build())
        .redirect(new Redirect.Builder("/after-stream").build())
        .build()
        .toXml();
  }

  /// Dials somebody else; `/after-transfer` is asked when that is over.
  ///
  /// @param destination E.164 number or SIP URI
  static String transfer(String destination) {
    return dial(destination, "/after-transfer");
  }

  /// As [#transfer], when who was dialled first did not answer.
  static String transferToStandIn(String destination) {
    return dial(destination, "/after-transfer?" + STAND_IN + "=yes");
  }

  private static String dial(String destination, String action) {
    Dial.Builder dial = new Dial.Builder();
    if (destination.startsWith("sip:") || destination.startsWith("sips:")) {
      dial.sip(new Sip.Builder(destination).build());
    } else {
      dial.number(new Number.Builder(destination).build());
    }
    return new VoiceResponse.Builder().dial(dial.action(action).build()).build().toXml();
  }
}
