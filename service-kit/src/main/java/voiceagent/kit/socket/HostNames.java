package voiceagent.kit.socket;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Looks names up as the machine does (hosts file, search domains, the JDK's cache), but never on
/// an event loop: a name server that does not answer holds a thread for many seconds.
///
/// Full: at 1000 look-ups that wait, further ones fail at once.
final class HostNames extends AddressResolverGroup<InetSocketAddress> {
  static final int WITHIN_MS = 2000;

  static final HostNames GROUP = new HostNames(threads(), InetAddress::getAllByName);

  private final Executor threads;
  private final Lookup lookup;

  /// Blocks.
  @FunctionalInterface
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  HostNames(Executor threads, Lookup lookup) {
    this.threads = threads;
    this.lookup = lookup;
  }

  private static Executor threads() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            4,
            4,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(1000),
            Thread.ofPlatform().name("host-names-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor loop) {
    return new Names(loop).asAddressResolver();
  }

  private final class Names extends InetNameResolver {
    Names(EventExecutor loop) {
      super(loop);
    }

    @Override
    protected void doResolve(String host, Promise<InetAddress> promise) {
      Promise<List<InetAddress>> all = executor().newPromise();
      all.addListener(_ -> {
        if (all.isSuccess()) {
          promise.trySuccess(all.getNow().getFirst());
        } else {
          promise.tryFailure(all.cause());
        }
      });
      doResolveAll(host, all);
    }

    @Override
    protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
      var late =
          executor()
              .schedule(
                  () ->
                      promise.tryFailure(
                          new UnknownHostException(
                              host + ": not looked up within " + WITHIN_MS + " ms")),
                  WITHIN_MS,
                  TimeUnit.MILLISECONDS);
      promise.addListener(_ -> late.cancel(false));
      try {
        threads.execute(() -> {
          try {
            promise.trySuccess(Arrays.asList(lookup.addresses(host)));
          } catch (UnknownHostException e) {
            promise.tryFailure(e);
          }
        });
      } catch (RejectedExecutionException e) {
        promise.tryFailure(new UnknownHostException(host + ": too many look-ups wait"));
      }
    }
  }
}
