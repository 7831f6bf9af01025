package voiceagent.kit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// Something that the model may ask to be done.
public sealed interface ToolSpec {
  /// As the model calls it.
  String name();

  /// Ends the call once what was said before is heard.
  ///
  /// @param say the goodbye where the model wrote none
  record HangUp(String say) implements ToolSpec {
    @Override
    public String name() {
      return "hang_up";
    }
  }

  /// Gives the call to somebody else.
  ///
  /// @param destinations E.164 numbers or SIP URIs by the names that the model sees; never logged
  /// @param say where the model wrote nothing
  record Transfer(Map<String, String> destinations, String say) implements ToolSpec {
    @Override
    public String name() {
      return "transfer";
    }

    @Override
    public String toString() {
      return "Transfer";
    }
  }

  /// Lets the caller press keys.
  ///
  /// @param say the question where the model wrote none
  /// @param timeout without a key, after which it is over
  record CollectDigits(String say, Duration timeout) implements ToolSpec {
    @Override
    public String name() {
      return "collect_digits";
    }
  }

  /// Presses keys towards the other side.
  record SendDigits() implements ToolSpec {
    @Override
    public String name() {
      return "send_digits";
    }
  }

  /// Asks a server: `POST` with JSON, what it answers is the result.
  ///
  /// @param parameters JSON schema of the arguments
  /// @param say said while it runs; may be empty
  record Http(
      String name, String description, URI url, JsonNode parameters, Duration timeout, String say)
      implements ToolSpec {}
}
