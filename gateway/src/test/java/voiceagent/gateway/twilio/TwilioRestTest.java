package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.twilio.exception.ApiException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.GatewayMain;
import voiceagent.kit.config.Settings;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.twilio.CallStatus;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.RestRecording;
import voiceagent.sim.twilio.TwilioSimulator;

/// Twilio's SDK as we use it, against the simulated REST API.
class TwilioRestTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final TwilioSimulator twilio = TwilioSimulator.start(0, new SimulatorEvents());

  @AfterEach
  void close() {
    twilio.close();
  }

  private TwilioRest rest(String authToken) {
    return TwilioRest.of(
            TwilioConfig.from(
                Settings.of(
                    GatewayMain.class,
                    Map.of(
                        "PUBLIC_HOST",
                        "voice.example.com",
                        "TWILIO_ACCOUNT_SID",
                        TwilioSimulator.ACCOUNT_SID,
                        "TWILIO_AUTH_TOKEN",
                        authToken,
                        "TWILIO_API_URL",
                        twilio.url().toString()))))
        .orElseThrow();
  }

  private static OutboundCall call(boolean detection) {
    return new OutboundCall(
        "+15005550001", "+15005550006", "default", Map.of("name", "A & B"), detection);
  }

  @Test
  void aCallThatIsOverIsEndedWithoutAnError_C13() {
    TwilioRest rest = rest(TwilioSimulator.AUTH_TOKEN);
    String callSid = rest.dial(call(false));
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      assertThat(called.callSid()).isEqualTo(callSid);
      rest.hangUp(callSid);
      called.awaitEnd(DEADLINE);
      rest.hangUp(callSid); // 21220
      rest.hangUp("CA00000000000000000000000000000000"); // 20404
    }
    twilio.refusesUpdates(1);
    rest.hangUp(callSid);
  }

  @Test
  void anyOtherRefusalIsToldWithItsCode() {
    assertThatThrownBy(() -> rest("wrong").hangUp("CA1"))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.getCode()).isEqualTo(20003));
    twilio.limitsRequests(10);
    assertThatThrownBy(() -> rest(TwilioSimulator.AUTH_TOKEN).dial(call(false)))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.getCode()).isEqualTo(20429));
  }

  @Test
  void aCallToNobodyIsMadeAllTheSame() {
    twilio.calledParties(CallStatus.NO_ANSWER, Duration.ofMillis(10), Duration.ZERO);
    String callSid = rest(TwilioSimulator.AUTH_TOKEN).dial(call(true));
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      assertThat(called.callSid()).isEqualTo(callSid);
      assertThat(called.awaitEnd(DEADLINE).status()).isEqualTo(CallStatus.NO_ANSWER);
      assertThatThrownBy(() -> rest(TwilioSimulator.AUTH_TOKEN).record(callSid))
          .isInstanceOf(ApiException.class);
      rest(TwilioSimulator.AUTH_TOKEN).stopRecording(callSid);
    }
    assertThat(twilio.recordings(callSid)).extracting(RestRecording::status).isEmpty();
  }

  @Test
  void theAccountIsAskedFor() {
    assertThat(rest(TwilioSimulator.AUTH_TOKEN).accountStatus(TwilioSimulator.ACCOUNT_SID))
        .isEqualTo("active");
  }
}
