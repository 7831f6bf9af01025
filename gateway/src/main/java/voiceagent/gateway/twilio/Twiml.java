package voiceagent.gateway.twilio;

import com.twilio.twiml.VoiceResponse;
import com.twilio.twiml.voice.Connect;
import com.twilio.twiml.voice.Dial;
import com.twilio.twiml.voice.Hangup;
import com.twilio.twiml.voice.Number;
import com.twilio.twiml.voice.Parameter;
import com.twilio.twiml.voice.Redirect;
import com.twilio.twiml.voice.Say;
import com.twilio.twiml.voice.Sip;
import com.twilio.twiml.voice.Stream;
import java.util.Map;
import voiceagent.gateway.call.CallInfo;

/// What we tell Twilio to do with a call, as TwiML. Source: Twilio docs, "TwiML for Programmable
/// Voice".
final class Twiml {
  static final String TOKEN = "token";
  static final String CALLER = "caller";
  static final String CALLEE = "callee";
  static final String AGENT = "agent";

  /// Name and value of a `<Parameter>` must stay under 500 characters; a longer one is left out.
  private static final int MAX_PARAMETER = 499;

  private Twiml() {}

  /// A media stream to us, and then the question what comes after it.
  ///
  /// @param host by which Twilio reaches us
  static String connect(String host, CallInfo call, String token) {
    Stream.Builder stream = new Stream.Builder().url("wss://" + host + "/ws");
    parameters(call, token)
        .forEach((name, value) -> {
          if (!value.isEmpty() && name.length() + value.length() <= MAX_PARAMETER) {
            stream.parameter(new Parameter.Builder().name(name).value(value).build());
          }
        });
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

  /// @param destination E.164 number or SIP URI
  static String transfer(String destination) {
    Dial.Builder dial = new Dial.Builder();
    if (destination.startsWith("sip:")) {
      dial.sip(new Sip.Builder(destination).build());
    } else {
      dial.number(new Number.Builder(destination).build());
    }
    return new VoiceResponse.Builder()
        .dial(dial.build())
        .hangup(new Hangup.Builder().build())
        .build()
        .toXml();
  }

  private static Map<String, String> parameters(CallInfo call, String token) {
    return Map.of(TOKEN, token, CALLER, call.from(), CALLEE, call.to(), AGENT, call.agent());
  }
}
