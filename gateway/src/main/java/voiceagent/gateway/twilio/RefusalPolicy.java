package voiceagent.gateway.twilio;

import java.util.Optional;
import java.util.Set;
import voiceagent.gateway.call.Admission;
import voiceagent.kit.config.Settings;

/// What a caller gets whose call cannot be taken: `REFUSE_CALLS_BY` and `REFUSE_CALLS_TO`.
sealed interface RefusalPolicy {
  /// A sentence, then the end of the call.
  record Say() implements RefusalPolicy {}

  /// The busy tone: the call is not answered.
  record Busy() implements RefusalPolicy {}

  /// Another number or SIP address.
  record Transfer(String destination) implements RefusalPolicy {}

  static RefusalPolicy from(Settings settings) {
    String by = settings.choice("REFUSE_CALLS_BY", Set.of("say", "busy", "transfer"));
    Optional<String> to = settings.optional("REFUSE_CALLS_TO");
    if (by.equals("transfer") && to.isEmpty()) {
      settings.problem(
          "REFUSE_CALLS_TO is not set, expected a number or SIP address,"
              + " since REFUSE_CALLS_BY is transfer");
    }
    return switch (by) {
      case "busy" -> new Busy();
      case "transfer" -> new Transfer(to.orElse(""));
      default -> new Say();
    };
  }

  /// The answer to Twilio.
  default String twiml(Admission.Reason reason) {
    return switch (this) {
      case Say _ ->
          Twiml.sayAndHangUp(
              switch (reason) {
                case GATEWAY_FULL, STAGE_FULL ->
                    "All our lines are busy at the moment."
                        + " Please call again in a few minutes. Goodbye.";
                case STAGE_UNAVAILABLE, DRAINING ->
                    "We are sorry, we can not take your call at the moment."
                        + " Please call again later. Goodbye.";
              });
      case Busy _ -> Twiml.rejectBusy();
      case Transfer(String destination) -> Twiml.transfer(destination);
    };
  }
}
