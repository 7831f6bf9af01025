package voiceagent.sim.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// Serves TLS to a client that begins so, and plain text to all others, on the same port: SDKs that
/// know only `https` and `wss` can be pointed at a simulator too.
///
/// The certificate is for localhost and 127.0.0.1, its key is public and protects nothing. A client
/// has to be told to trust it: `NODE_EXTRA_CA_CERTS` for Node.
final class TlsIfAsked extends ByteToMessageDecoder {
  /// What it takes to tell a TLS record.
  private static final int RECORD_HEADER = 5;

  /// Read when the first client asks.
  private static final class Certificate {
    static final SslContext CONTEXT = context();

    private static SslContext context() {
      try (InputStream certificate = resource("certificate.pem");
          InputStream key = resource("key.pem")) {
        return SslContextBuilder.forServer(certificate, key).sslProvider(SslProvider.JDK).build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static InputStream resource(String name) {
    return Objects.requireNonNull(TlsIfAsked.class.getResourceAsStream(name), name);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < RECORD_HEADER) {
      return;
    }
    if (SslHandler.isEncrypted(in, false)) {
      SslHandler tls = Certificate.CONTEXT.newHandler(context.alloc());
      context.pipeline().replace(this, "tls", tls);
    } else {
      context.pipeline().remove(this);
    }
  }
}
