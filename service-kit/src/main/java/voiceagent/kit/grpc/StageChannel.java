package voiceagent.kit.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;

/// The way to a stage: one channel a process and stage, over all of the stage's replicas in turn.
public final class StageChannel {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private StageChannel() {}

  /// Opens nothing yet; the first stream connects. Answers arrive on the event loops: what they
  /// call must not block.
  ///
  /// @param target a gRPC target, such as `dns:///stt-service:7861`
  public static ManagedChannel to(String target, EventLoops loops) {
    return NettyChannelBuilder.forTarget(target)
        .eventLoopGroup(loops.group())
        .channelType(NioSocketChannel.class)
        .directExecutor()
        .usePlaintext()
        .defaultLoadBalancingPolicy("round_robin")
        .proxyDetector(_ -> null)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(2, TimeUnit.SECONDS)
        .build();
  }
}
