package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A TwiML instruction.
sealed interface Verb {
  /// `<Connect><Stream>`.
  ///
  /// @param url as written, perhaps relative
  /// @param statusCallback told of the stream's start and end
  record Connect(
      String url, String name, Map<String, String> parameters, Optional<String> statusCallback)
      implements Verb {}

  record Redirect(String method, String url) implements Verb {}

  record Hangup() implements Verb {}

  /// @param busy else the caller hears that nobody answers
  record Reject(boolean busy) implements Verb {}

  record Say(String text) implements Verb {}

  record Pause(Duration length) implements Verb {}

  /// @param destination number or SIP URI
  /// @param action asked for TwiML when the dialled leg ends
  record Dial(String destination, Optional<String> action, String method) implements Verb {}
}
