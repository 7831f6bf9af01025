package voiceagent.brain.api;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.service.StageService;
import voiceagent.v1.BrainGrpc;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;

/// The contract's `Brain`: takes a call or says at once that there is no place.
public final class BrainService extends BrainGrpc.BrainImplBase implements StageService {
  private static final Duration OPEN_WITHIN = Duration.ofSeconds(5);

  private final BrainParts parts;
  private final Sessions sessions;
  private final Set<BrainSession> live = ConcurrentHashMap.newKeySet();

  public BrainService(BrainParts parts, Sessions sessions) {
    this.parts = parts;
    this.sessions = sessions;
  }

  @Override
  public StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> out) {
    if (!sessions.tryAcquire()) {
      BrainSession refused = new BrainSession(parts, out, () -> {});
      refused.refuse("all places are taken, or the brain is going to stop");
      return refused;
    }
    parts.budget().began(parts.clock().nanos());
    AtomicReference<BrainSession> self = new AtomicReference<>();
    BrainSession session =
        new BrainSession(
            parts,
            out,
            () -> {
              live.remove(self.get());
              sessions.release();
              parts.budget().ended(parts.clock().nanos());
            });
    self.set(session);
    live.add(session);
    var _ = parts.clock().after(OPEN_WITHIN, () -> session.openOverdue(OPEN_WITHIN));
    return session;
  }

  @Override
  public void draining(Duration grace) {
    live.forEach(s -> s.draining(grace));
  }

  @Override
  public void close() {
    parts.watch().close();
    parts.clock().close();
    parts.http().close();
    parts.model().close();
  }
}
