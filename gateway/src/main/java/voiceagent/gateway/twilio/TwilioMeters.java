package voiceagent.gateway.twilio;

import io.helidon.metrics.api.Counter;
import java.util.Locale;
import voiceagent.kit.observe.Meters;

/// What is counted of Twilio's requests and sockets.
final class TwilioMeters {
  private final Counter malformed = messages("malformed");
  private final Counter unknown = messages("unknown");
  private final Counter outOfOrder = messages("out_of_order");
  private final Counter missing =
      Meters.counter(
          "voiceagent_twilio_media_missing_total",
          "Stretches of caller's audio that by their numbers we did not get.");

  /// A webhook was not answered with a call.
  void webhookRefused(String reason) {
    Meters.counter(
            "voiceagent_webhooks_refused_total",
            "Webhooks that did not come from Twilio, or were not complete.",
            "reason",
            reason)
        .increment();
  }

  /// Twilio told the state of a call.
  ///
  /// @param status one of Twilio's words
  void callStatus(String status) {
    Meters.counter(
            "voiceagent_call_status_total",
            "What Twilio told of calls, by state.",
            "status",
            status)
        .increment();
  }

  /// A media stream was not taken.
  void streamRefused(String reason) {
    Meters.counter(
            "voiceagent_streams_refused_total",
            "Media streams that were not taken.",
            "reason",
            reason.toLowerCase(Locale.ROOT))
        .increment();
  }

  /// A message could not be read; it was dropped.
  void malformed() {
    malformed.increment();
  }

  /// A message of a kind that we do not know; it was dropped.
  void unknown() {
    unknown.increment();
  }

  /// A message came where it must not, such as a second `start`; it was dropped.
  void outOfOrder() {
    outOfOrder.increment();
  }

  void missing(long chunks) {
    missing.increment(chunks);
  }

  private static Counter messages(String what) {
    return Meters.counter(
        "voiceagent_twilio_messages_dropped_total",
        "Messages of Twilio's that were dropped, by what was wrong with them.",
        "what",
        what);
  }
}
