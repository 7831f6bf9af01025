package voiceagent.gateway.twilio;

import java.util.List;
import java.util.Optional;
import voiceagent.gateway.call.CallView;
import voiceagent.gateway.call.Calls;

/// For scripted calls: nobody asks after them.
interface CallsWithoutOperators extends Calls {
  @Override
  default List<CallView> list() {
    return List.of();
  }

  @Override
  default Optional<CallView> find(String callSid) {
    return Optional.empty();
  }

  @Override
  default boolean end(String callSid, String reason) {
    return false;
  }
}
