package voiceagent.gateway.call;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Keeps calls in this process: a stream that is lost can be resumed by this gateway only.
///
/// Full: the call saved first is forgotten.
public final class CheckpointMemory implements Checkpoints {
  private static final int MAX_CALLS = 10_000;

  private final Map<String, SavedCall> calls =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SavedCall> eldest) {
          return size() > MAX_CALLS;
        }
      };

  @Override
  public synchronized CompletableFuture<Void> save(String callSid, SavedCall call) {
    SavedCall kept = calls.get(callSid);
    if (kept == null || kept.reconnects() <= call.reconnects()) {
      calls.put(callSid, call);
    }
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public synchronized Optional<SavedCall> load(String callSid) {
    return Optional.ofNullable(calls.get(callSid));
  }

  @Override
  public synchronized void forget(String callSid) {
    calls.remove(callSid);
  }

  @Override
  public void close() {}
}
