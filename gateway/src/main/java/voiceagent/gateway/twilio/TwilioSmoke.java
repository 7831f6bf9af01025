package voiceagent.gateway.twilio;

import com.twilio.exception.ApiException;
import voiceagent.kit.config.Settings;
import voiceagent.kit.service.SmokeResult;

/// Whether Twilio takes our keys: asks for the account.
public final class TwilioSmoke {
  private static final String TWILIO = "Twilio";

  private TwilioSmoke() {}

  /// Blocks for some seconds at most.
  public static SmokeResult ask(Settings settings) {
    TwilioConfig config = TwilioConfig.from(settings);
    if (config.accountSid().isEmpty() || config.authToken().isEmpty()) {
      return SmokeResult.bad(
          TWILIO,
          "cannot be asked: "
              + (config.accountSid().isEmpty() ? "TWILIO_ACCOUNT_SID" : "TWILIO_AUTH_TOKEN")
              + " is not set. Both are on the start page of its Console, under Account Info");
    }
    try {
      String status = TwilioRest.of(config).orElseThrow().accountStatus(config.accountSid().get());
      return status.equals("active")
          ? SmokeResult.good(TWILIO, "The account is active and its auth token is good.")
          : SmokeResult.bad(
              TWILIO,
              "says that the account is " + status + ". Its Console says why; calls will not come");
    } catch (ApiException e) {
      return SmokeResult.bad(TWILIO, advice(e) + ". It said: " + e.getMessage());
    }
  }

  private static String advice(ApiException refusal) {
    int status = refusal.getStatusCode() == null ? 0 : refusal.getStatusCode();
    return switch (status) {
      case 0 ->
          "cannot be reached. Check that this machine may open connections to it (firewall, proxy,"
              + " DNS), and TWILIO_API_URL if you have set it";
      case 401, 403 ->
          "does not take the keys. Copy TWILIO_ACCOUNT_SID and the primary auth token"
              + " (TWILIO_AUTH_TOKEN) again from its Console";
      case 404 -> "does not know the account. Copy TWILIO_ACCOUNT_SID again from its Console";
      case 429 -> "says that too much was asked. Ask again in a minute";
      default ->
          status >= 500
              ? "has trouble of its own. Look at its status page and ask again later"
              : "refuses the request";
    };
  }
}
