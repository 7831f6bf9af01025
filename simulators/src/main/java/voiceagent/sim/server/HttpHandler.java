package voiceagent.sim.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The HTTP side of one connection: a request, its answer, the next.
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private final Function<Request, CompletionStage<Answer>> routes;
  private @Nullable BodyWriter writing;

  HttpHandler(Function<Request, CompletionStage<Answer>> routes) {
    this.routes = routes;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest http) {
    FullHttpRequest kept = http.retain();
    routes
        .apply(request(http))
        .whenComplete((answer, error) ->
            context
                .channel()
                .eventLoop()
                .execute(() -> {
                  try {
                    if (error != null) {
                      exceptionCaught(context, error);
                    } else if (context.channel().isActive()) {
                      answer(context, kept, answer);
                    }
                  } finally {
                    kept.release();
                  }
                }));
  }

  private void answer(ChannelHandlerContext context, FullHttpRequest http, Answer answer) {
    switch (answer) {
      case Answer.Whole(int status, Map<String, String> headers, String body) -> {
        var response =
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
        headers.forEach(response.headers()::set);
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, HttpUtil.isKeepAlive(http));
        var _ = context.writeAndFlush(response);
      }
      case Answer.Streamed(int status, Map<String, String> headers, var write) -> {
        var response =
            new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        headers.forEach(response.headers()::set);
        HttpUtil.setTransferEncodingChunked(response, true);
        var _ = context.writeAndFlush(response);
        BodyWriter writer = new BodyWriter(context.channel());
        writing = writer;
        write.accept(writer);
      }
      case Answer.Upgrade upgrade -> upgrade(context, http, upgrade);
      case Answer.Hangup _ -> {
        var _ = context.close();
      }
    }
  }

  private void upgrade(
      ChannelHandlerContext context, FullHttpRequest http, Answer.Upgrade upgrade) {
    String subprotocol = upgrade.subprotocol().isEmpty() ? null : upgrade.subprotocol();
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshakerFactory(
                "ws://simulator" + http.uri(),
                subprotocol,
                false,
                SimulatorServer.MAX_MESSAGE_BYTES)
            .newHandshaker(http);
    if (handshaker == null) {
      var _ = WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(context.channel());
      return;
    }
    HttpHeaders headers = new DefaultHttpHeaders();
    upgrade.headers().forEach(headers::set);
    handshaker
        .handshake(context.channel(), http, headers, context.newPromise())
        .addListener(done -> {
          if (done.isSuccess()) {
            context
                .pipeline()
                .addLast(
                    new WebSocketFrameAggregator(SimulatorServer.MAX_MESSAGE_BYTES),
                    new Peer(context.channel(), upgrade.accept()));
            context.pipeline().remove(this);
          }
        });
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (writing != null) {
      writing.connectionClosed();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    System.getLogger(HttpHandler.class.getName())
        .log(System.Logger.Level.WARNING, "a simulated connection failed", error);
    var _ = context.close();
  }

  private static Request request(FullHttpRequest http) {
    QueryStringDecoder uri = new QueryStringDecoder(http.uri());
    Map<String, String> headers = new HashMap<>();
    http.headers().forEach(h -> headers.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
    return new Request(
        http.method().name(),
        http.uri(),
        uri.path(),
        uri.parameters(),
        Map.copyOf(headers),
        ByteBufUtil.getBytes(http.content()));
  }
}
