package voiceagent.gateway.call;

import java.util.Optional;

/// Port: where calls are kept so that another gateway can resume them. Any thread; none blocks for
/// long.
public interface Checkpoints extends AutoCloseable {
  /// Keeps the newest state of a call; an older one is forgotten.
  void save(String callSid, SavedCall call);

  Optional<SavedCall> load(String callSid);

  /// The call is over.
  void forget(String callSid);

  @Override
  void close();
}
