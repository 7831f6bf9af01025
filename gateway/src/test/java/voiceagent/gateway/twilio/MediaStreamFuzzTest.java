package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.common.buffers.BufferData;
import io.helidon.websocket.WsSession;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

/// 100,000 messages that are true, broken, in any order and in any pieces: none throws, and each
/// call that was begun is ended.
class MediaStreamFuzzTest {
  private static final int MESSAGES = 100_000;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger audio = new AtomicInteger();
  private final ManualTimers clock = new ManualTimers();
  private final TwilioConfig config =
      TwilioConfig.from(
          Settings.of(
              GatewayMain.class,
              Map.of("PUBLIC_HOST", "https://voice.example.com/", "TWILIO_AUTH_TOKEN", "key")));
  private final StreamToken tokens = new StreamToken(config.authTokens(), InstantSource.system());
  private final TwilioParts parts =
      new TwilioParts(
          config,
          new TwilioSignature(config),
          tokens,
          new CountingCalls(),
          new TwilioMeters(),
          new SocketWatchdog(clock),
          clock);

  private final class CountingCalls implements CallsWithoutOperators {
    @Override
    public Admission reserve(CallInfo call) {
      return new Admission.Admitted();
    }

    @Override
    public Optional<CallLine> claim(CallInfo call, Carrier carrier) {
      if (call.callSid().endsWith("9")) {
        return Optional.empty();
      }
      begun.incrementAndGet();
      return Optional.of(new CountingLine());
    }

    @Override
    public AfterStream after(CallInfo call) {
      return new AfterStream.HangUp();
    }
  }

  private final class CountingLine implements CallLine {
    private boolean over;

    @Override
    public void audio(AudioFrame frame) {
      assertThat(frame.length()).isPositive();
      audio.incrementAndGet();
    }

    @Override
    public void mark(String name) {}

    @Override
    public void dtmf(char digit) {}

    @Override
    public synchronized void ended(String reason) {
      if (!over) {
        over = true;
        ended.incrementAndGet();
      }
    }
  }

  @Test
  void whateverComesNothingIsThrownAndNoCallIsLeft() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int sent = 0;
    while (sent < MESSAGES) {
      int count = 1 + random.nextInt(60);
      sent += count;
      stream(random, count, "seed " + seed);
    }
    assertThat(begun.get()).as("seed %s", seed).isGreaterThan(500);
    assertThat(audio.get()).as("seed %s", seed).isGreaterThan(5_000);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (ended.get() < begun.get() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(ended.get()).as("seed %s", seed).isEqualTo(begun.get());
  }

  /// One stream on a thread of its own, as Helidon runs it; the thread's end is the socket's.
  private void stream(Random random, int count, String where) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    StringBuilder thrown = new StringBuilder();
    var _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                WsSession peer = new NoSession(_ -> {});
                TwilioSocket socket = new TwilioSocket(parts);
                socket.onOpen(peer);
                String call = "CA" + random.nextInt(1_000_000);
                for (int i = 0; i < count; i++) {
                  message(random, socket, peer, call, i);
                }
              } catch (Throwable e) {
                thrown.append(e);
              } finally {
                over.countDown();
              }
            });
    assertThat(over.await(10, TimeUnit.SECONDS)).as(where).isTrue();
    assertThat(thrown.toString()).as(where).isEmpty();
  }

  private void message(Random random, TwilioSocket socket, WsSession peer, String call, int i) {
    String text =
        switch (i == 0 && random.nextInt(4) > 0 ? 0 : random.nextInt(14)) {
          case 0 -> start(call, random.nextInt(10) == 0 ? "1.2.3" : tokens.issue(call, "default"));
          case 1 -> "{\"event\":\"connected\"}";
          case 2, 3, 4, 5, 6 -> media(i);
          case 7 -> "{\"event\":\"mark\",\"mark\":{\"name\":\"r1." + i + "\"}}";
          case 8 -> "{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"" + random.nextInt(20) + "\"}}";
          case 9 -> "{\"event\":\"" + random.nextInt(5) + "\",\"x\":[[[{}]]]}";
          case 10 -> broken(random, media(i));
          case 11 ->
              random.nextBoolean() ? broken(random, start(call, "x")) : swapped(random, media(i));
          case 12 -> random.nextInt(20) == 0 ? "{\"event\":\"stop\"}" : media(i);
          default -> "\u0000" + random.nextLong() + "\uD800";
        };
    switch (random.nextInt(12)) {
      case 0 -> {
        int cut = random.nextInt(text.length());
        socket.onMessage(peer, text.substring(0, cut), false);
        socket.onMessage(peer, text.substring(cut), true);
      }
      case 1 -> {
        byte[] bytes = new byte[random.nextInt(50)];
        random.nextBytes(bytes);
        socket.onMessage(peer, BufferData.create(bytes), random.nextBoolean());
      }
      case 2 -> {
        if (random.nextInt(50) == 0) {
          socket.onMessage(peer, "x".repeat(TwilioSocket.MAX_MESSAGE), false);
          socket.onMessage(peer, text, true);
        } else {
          socket.onMessage(peer, text, true);
        }
      }
      default -> socket.onMessage(peer, text, true);
    }
  }

  /// A few characters changed, dropped or doubled.
  private static String broken(Random random, String text) {
    StringBuilder broken = new StringBuilder(text);
    for (int i = random.nextInt(4); i >= 0 && broken.length() > 1; i--) {
      int at = random.nextInt(broken.length());
      switch (random.nextInt(3)) {
        case 0 -> broken.setCharAt(at, (char) random.nextInt(256));
        case 1 -> broken.deleteCharAt(at);
        default -> broken.insert(at, broken.charAt(at));
      }
    }
    return broken.toString();
  }

  /// Numbers for strings, or strings for numbers.
  private static String swapped(Random random, String text) {
    return random.nextBoolean()
        ? text.replaceAll("\"(\\d+)\"", "$1")
        : text.replaceAll(":(\\d+)", ":\"$1\"");
  }

  private static String start(String call, String token) {
    return """
    {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"%s",
    "customParameters":{"token":"%s"},"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}\
    """
        .formatted(call, token);
  }

  private static String media(int chunk) {
    return """
    {"event":"media","sequenceNumber":"%d","streamSid":"MZ1","media":{"track":"inbound","chunk":"%d",\
    "timestamp":"20","payload":"/////////w=="}}\
    """
        .formatted(chunk + 1, chunk);
  }
}
