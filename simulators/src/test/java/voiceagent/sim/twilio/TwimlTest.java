package voiceagent.sim.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TwimlTest {
  @Test
  void verbsComeInOrderWithTheirParts() throws Exception {
    Twiml twiml =
        Twiml.parse(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <Response>
              <Connect>
                <Stream url="wss://h/ws" name="n" statusCallback="https://h/s">
                  <Parameter name="token" value="a&amp;b"/>
                </Stream>
              </Connect>
              <Redirect method="GET">/after</Redirect>
              <Say>One &lt; two.</Say><Pause length="3"/>
              <Dial action="/done"><Sip>sip:a@b.example</Sip></Dial>
              <Reject reason="busy"/><Hangup/>
            </Response>
            """);
    assertThat(twiml.warnings()).isEmpty();
    assertThat(twiml.verbs())
        .containsExactly(
            new Verb.Connect("wss://h/ws", "n", Map.of("token", "a&b"), Optional.of("https://h/s")),
            new Verb.Redirect("GET", "/after"),
            new Verb.Say("One < two."),
            new Verb.Pause(Duration.ofSeconds(3)),
            new Verb.Dial("sip:a@b.example", Optional.of("/done"), "POST"),
            new Verb.Reject(true),
            new Verb.Hangup());
  }

  @Test
  void whatIsNotUnderstoodIsToldAndSkipped() throws Exception {
    Twiml twiml =
        Twiml.parse(
            """
            <Response><Gather/><Connect><Stream url="wss://h/ws">
              <Parameter name="long" value="%s"/></Stream></Connect></Response>
            """
                .formatted("x".repeat(500)));
    assertThat(twiml.warnings())
        .extracting(TwilioError::code)
        .containsExactly(TwilioError.NOT_TWIML, TwilioError.NOT_TWIML);
    assertThat(twiml.verbs())
        .containsExactly(new Verb.Connect("wss://h/ws", "", Map.of(), Optional.empty()));
  }

  @Test
  void aTrackOtherThanTheInboundOneIs31941() throws Exception {
    Twiml twiml =
        Twiml.parse(
            "<Response><Connect><Stream url='wss://h/' track='both_tracks'/></Connect></Response>");
    assertThat(twiml.warnings())
        .extracting(TwilioError::code)
        .containsExactly(TwilioError.STREAM_TRACK);
    assertThat(twiml.verbs()).isEmpty();
  }

  @Test
  void whatIsNoTwimlIsRefused() {
    for (String text : new String[] {"", "hello", "<Response>", "<Reply/>"}) {
      assertThatThrownBy(() -> Twiml.parse(text)).isInstanceOf(Twiml.TwimlException.class);
    }
    assertThatThrownBy(
            () -> Twiml.parse("<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><Response/>"))
        .isInstanceOf(Twiml.TwimlException.class);
  }
}
