package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.GatewayMain;
import voiceagent.gateway.call.Admission;
import voiceagent.gateway.call.AfterStream;
import voiceagent.gateway.call.CallInfo;
import voiceagent.gateway.call.CallLine;
import voiceagent.gateway.playout.Carrier;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.config.Settings;
import voiceagent.kit.time.ManualTimers;
import voiceagent.sim.twilio.TwilioSignature;

/// Bytes on `/ws` that are no WebSocket frames, or frames that break RFC 6455, over real sockets:
/// each costs its own connection only, and ends the call that it had.
class RawBytesTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";
  private static final int CONNECTIONS = 300;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final List<String> callSids = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();
  private final TwilioConfig config =
      TwilioConfig.from(
          Settings.of(
              GatewayMain.class,
              Map.of("PUBLIC_HOST", "voice.example.com", "TWILIO_AUTH_TOKEN", KEY)));
  private final StreamToken tokens = new StreamToken(config.authTokens(), InstantSource.system());

  private final class CountedCalls implements CallsWithoutOperators {
    @Override
    public Admission reserve(CallInfo call) {
      return new Admission.Admitted();
    }

    @Override
    public Optional<CallLine> claim(CallInfo call, Carrier carrier) {
      begun.incrementAndGet();
      callSids.add(call.callSid());
      return Optional.of(
          new CallLine() {
            private boolean over;

            @Override
            public void audio(AudioFrame frame) {}

            @Override
            public void mark(String name) {}

            @Override
            public void dtmf(char digit) {}

            @Override
            public synchronized void ended(String reason) {
              if (!over) {
                over = true;
                ended.incrementAndGet();
                carrier.close(reason);
              }
            }
          });
    }

    @Override
    public AfterStream after(CallInfo call) {
      return new AfterStream.HangUp();
    }
  }

  private final class Listening extends Handler {
    @Override
    public void publish(LogRecord entry) {
      if (entry.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue()) {
        errors.add(entry.getLoggerName() + ": " + entry.getMessage() + " " + entry.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @Test
  void whateverBytesComeEachConnectionEndsAloneAndItsCallToo() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Handler logs = new Listening();
    Logger root = Logger.getLogger("");
    root.addHandler(logs);
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> errors.add(thread.getName() + ": " + e));
    TwilioEndpoints twilio = new TwilioEndpoints(config, new CountedCalls(), new ManualTimers());
    WebServer server =
        WebServer.builder()
            .address(InetAddress.ofLiteral("127.0.0.1"))
            .port(0)
            .shutdownHook(false)
            .addProtocol(TwilioEndpoints.protocol())
            .routing(twilio::webhooks)
            .addRouting(twilio.streams())
            .build()
            .start();
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        connection(random, server.port(), "seed " + seed);
      }
      try (Socket honest = open(server.port())) {
        honest.getOutputStream().write(frame(1, start("CAhonest"), true));
        await(() -> callSids.contains("CAhonest"), "an honest call, seed " + seed);
      }
      await(() -> ended.get() == begun.get(), "all calls to end, seed " + seed);
      assertThat(begun.get()).as("seed %s", seed).isGreaterThan(CONNECTIONS / 4);
      assertThat(errors).as("seed %s", seed).isEmpty();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
      root.removeHandler(logs);
      twilio.close();
      server.stop();
    }
  }

  private void connection(Random random, int port, String where) throws Exception {
    try (Socket socket = open(port)) {
      socket.setSoTimeout(10_000);
      if (random.nextBoolean()) {
        socket
            .getOutputStream()
            .write(frame(1, start("CA" + random.nextLong(Long.MAX_VALUE)), true));
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        socket.getOutputStream().write(bytes(random));
      }
    } catch (IOException e) {
      // the server has closed the connection, as it may
    }
    assertThat(where).isNotEmpty();
  }

  private byte[] bytes(Random random) {
    byte[] noise = new byte[random.nextInt(300)];
    random.nextBytes(noise);
    String text = new String(noise, StandardCharsets.ISO_8859_1);
    return switch (random.nextInt(10)) {
      case 0 -> noise;
      case 1 -> frame(1, text, false); // not masked
      case 2 -> frame(3 + random.nextInt(5), text, true); // a reserved opcode
      case 3 -> frame(9, "p".repeat(200), true); // a ping that is too long
      case 4 -> new byte[] {(byte) 0x81, (byte) 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4};
      case 5 -> frame(0, text, true); // goes on where nothing has begun
      case 6 -> frame(8, "x", true); // a close with half a code
      case 7 -> frame(2, text, true);
      case 8 -> new byte[] {0x01, (byte) 0x80, 0, 0, 0, 0}; // begins and never ends
      default -> frame(1, text, true);
    };
  }

  private String start(String call) {
    return """
    {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"%s",
    "customParameters":{"token":"%s"},"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}\
    """
        .formatted(call, tokens.issue(call, "default"));
  }

  private static byte[] frame(int opcode, String text, boolean masked) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | opcode);
    frame.write((masked ? 0x80 : 0) | 126);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    if (masked) {
      frame.writeBytes(new byte[4]);
    }
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  private static Socket open(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    String request =
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "X-Twilio-Signature: "
            + TwilioSignature.of(KEY, "wss://voice.example.com/ws", Map.of())
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) socket.getInputStream().read());
    }
    assertThat(head).startsWith("HTTP/1.1 101");
    return socket;
  }

  private static void await(java.util.function.BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 20 s for %s", what).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
