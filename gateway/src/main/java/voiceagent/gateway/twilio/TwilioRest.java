package voiceagent.gateway.twilio;

import com.twilio.exception.ApiException;
import com.twilio.http.HttpMethod;
import com.twilio.http.TwilioRestClient;
import com.twilio.rest.api.v2010.Account;
import com.twilio.rest.api.v2010.account.Call;
import com.twilio.rest.api.v2010.account.CallCreator;
import com.twilio.rest.api.v2010.account.call.Recording;
import com.twilio.type.PhoneNumber;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import voiceagent.kit.config.Secret;

/// Twilio's REST API by its SDK: places calls, ends them, records them. Each method blocks for 5 s
/// at most; any thread that may wait.
final class TwilioRest {
  /// Not found, not in progress: the call is over already. Source: Twilio error dictionary.
  private static final Set<Integer> OVER = Set.of(20404, 21220);

  private final TwilioRestClient client;
  private final String host;

  private TwilioRest(TwilioRestClient client, String host) {
    this.client = client;
    this.host = host;
  }

  /// Empty without `TWILIO_ACCOUNT_SID` and `TWILIO_AUTH_TOKEN`.
  static Optional<TwilioRest> of(TwilioConfig config) {
    if (config.accountSid().isEmpty() || config.authToken().isEmpty()) {
      return Optional.empty();
    }
    Secret token = config.authToken().get();
    TwilioRestClient client =
        new TwilioRestClient.Builder(config.accountSid().get(), token.reveal())
            .httpClient(TwilioHttpClient.to(config.apiUrl()))
            .build();
    return Optional.of(new TwilioRest(client, config.publicHost()));
  }

  /// Places a call, whose media stream comes to us once it is answered.
  ///
  /// @return its SID
  /// @throws ApiException if Twilio refuses or cannot be reached
  String dial(OutboundCall call) {
    CallCreator creator =
        Call.creator(
                new PhoneNumber(call.to()),
                new PhoneNumber(call.from()),
                URI.create("https://" + host + "/incoming-call" + query(call)))
            .setMethod(HttpMethod.POST)
            .setStatusCallback("https://" + host + "/call-status")
            .setStatusCallbackMethod(HttpMethod.POST)
            .setStatusCallbackEvent(List.of("initiated", "answered", "completed"));
    if (call.hangUpOnMachine()) {
      // Asynchronous: a verdict before the call begins costs the callee seconds of silence.
      creator
          .setMachineDetection("Enable")
          .setAsyncAmd("true")
          .setAsyncAmdStatusCallback("https://" + host + "/call-status")
          .setAsyncAmdStatusCallbackMethod(HttpMethod.POST);
    }
    return creator.create(client).getSid();
  }

  /// Ends a call. One that is over already is no error.
  ///
  /// @throws ApiException if Twilio refuses or cannot be reached
  void hangUp(String callSid) {
    unlessOver(() -> Call.updater(callSid).setStatus(Call.UpdateStatus.COMPLETED).update(client));
  }

  /// Records a call from now on, both sides in a channel each; `/call-status` is told when it is
  /// there.
  ///
  /// @return the recording's SID
  /// @throws ApiException if Twilio refuses, for one a call that is not in progress
  String record(String callSid) {
    return Recording.creator(callSid)
        .setRecordingChannels("dual")
        .setRecordingStatusCallback("https://" + host + "/call-status")
        .setRecordingStatusCallbackEvent(List.of("completed", "absent"))
        .create(client)
        .getSid();
  }

  /// Ends the recording of a call. One that is over already is no error.
  ///
  /// @throws ApiException if Twilio refuses or cannot be reached
  void stopRecording(String callSid) {
    unlessOver(() ->
        Recording.updater(callSid, "Twilio.CURRENT", Recording.Status.STOPPED).update(client));
  }

  /// Asks for the account: whether the keys are good.
  ///
  /// @return its state, such as "active"
  /// @throws ApiException if Twilio refuses or cannot be reached
  String accountStatus(String accountSid) {
    return String.valueOf(Account.fetcher(accountSid).fetch(client).getStatus());
  }

  private static void unlessOver(Runnable request) {
    try {
      request.run();
    } catch (ApiException e) {
      if (e.getCode() == null || !OVER.contains(e.getCode())) {
        throw e;
      }
    }
  }

  private static String query(OutboundCall call) {
    Map<String, String> query = new TreeMap<>();
    call.variables().forEach((name, value) -> query.put(CallParameters.VARIABLE + name, value));
    query.put(CallParameters.AGENT, call.agent());
    StringBuilder text = new StringBuilder();
    query.forEach((name, value) ->
        text.append(text.isEmpty() ? '?' : '&')
            .append(encode(name))
            .append('=')
            .append(encode(value)));
    return text.toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
