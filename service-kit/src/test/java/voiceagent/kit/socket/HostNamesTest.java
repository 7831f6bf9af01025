package voiceagent.kit.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.grpc.EventLoops;

class HostNamesTest {
  private final EventLoops loops = new EventLoops(1);
  private final EventLoop loop = loops.current();

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void aNameServerThatHangsHoldsNeitherTheLoopNorTheConnectionForLong() throws Exception {
    CompletableFuture<Void> hangs = new CompletableFuture<>();
    HostNames names =
        new HostNames(
            task -> Thread.ofVirtual().start(task),
            _ -> {
              hangs.join();
              throw new UnknownHostException("never");
            });
    var address =
        names.getResolver(loop).resolve(InetSocketAddress.createUnresolved("hangs.invalid", 443));
    // The loop works while the look-up hangs.
    assertThat(loop.submit(() -> address.isDone()).get(5, TimeUnit.SECONDS)).isFalse();
    assertThat(address.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(address.cause()).hasMessageContaining("not looked up within 2000 ms");
    hangs.complete(null);
  }

  @Test
  void aNameIsLookedUpOnAnotherThread() throws Exception {
    CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
    HostNames names =
        new HostNames(
            task -> Thread.ofVirtual().start(task),
            _ -> {
              onLoop.complete(loop.inEventLoop());
              return new InetAddress[] {InetAddress.ofLiteral("192.0.2.1")};
            });
    var address =
        names.getResolver(loop).resolve(InetSocketAddress.createUnresolved("some.invalid", 443));
    assertThat(address.get(10, TimeUnit.SECONDS).getAddress().getHostAddress())
        .isEqualTo("192.0.2.1");
    assertThat(onLoop.get(5, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void aNameThatDoesNotExistIsUnreachable() {
    for (String scheme : new String[] {"ws", "wss"}) {
      assertThatThrownBy(() ->
              ProviderSocket.open(
                      loop,
                      URI.create(scheme + "://nobody.invalid/"),
                      Map.of(),
                      new ProviderSocket.Listener() {
                        @Override
                        public void text(String message) {}

                        @Override
                        public void closed(int code, String reason) {}
                      })
                  .get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOfSatisfying(ProviderException.class, e -> assertThat(e.retryable()).isTrue());
    }
  }
}
