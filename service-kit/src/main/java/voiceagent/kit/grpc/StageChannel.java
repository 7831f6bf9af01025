package voiceagent.kit.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// A channel to a stage, with the limits that both sides keep.
public final class StageChannel {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private StageChannel() {}

  /// Opens nothing yet; the first stream connects. Answers arrive on the event loops: what they
  /// call must not block.
  ///
  /// @param target a gRPC target, such as `dns:///stt-service:7861`
  public static ManagedChannel to(String target, EventLoops loops) {
    return with(
        NettyChannelBuilder.forTarget(target).defaultLoadBalancingPolicy("round_robin"), loops);
  }

  /// As [#to(String, EventLoops)], to one address.
  static ManagedChannel to(InetSocketAddress address, EventLoops loops) {
    return with(NettyChannelBuilder.forAddress(address), loops);
  }

  private static ManagedChannel with(NettyChannelBuilder builder, EventLoops loops) {
    return builder
        .eventLoopGroup(loops.group())
        .channelType(NioSocketChannel.class)
        .directExecutor()
        .usePlaintext()
        .proxyDetector(_ -> null)
        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
        .keepAliveTime(10, TimeUnit.SECONDS)
        .keepAliveTimeout(2, TimeUnit.SECONDS)
        .build();
  }
}
