package voiceagent.gateway.call;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Port: where calls are kept so that another gateway can resume them, or knows how they ended. Any
/// thread; none blocks for long.
public interface Checkpoints extends AutoCloseable {
  /// Keeps the newest state of a call; an older one is forgotten. A state that was resumed less
  /// often than the one that is kept comes from a gateway that has lost the call: it is dropped.
  ///
  /// @return done once other gateways can see it, or it was replaced by a newer one
  CompletableFuture<Void> save(String callSid, SavedCall call);

  Optional<SavedCall> load(String callSid);

  /// Nobody will ask for the call any more.
  void forget(String callSid);

  @Override
  void close();
}
