package voiceagent.kit.service;

import io.grpc.BindableService;
import java.time.Duration;

/// The gRPC service of a stage, as the stage's drain sees it.
public interface StageService extends BindableService {
  /// Tells each live stream that the stage is going to stop.
  ///
  /// @param grace until then streams may go on
  void draining(Duration grace);

  /// Ends what the service holds beside its streams: connections, threads. After the last stream.
  void close();
}
