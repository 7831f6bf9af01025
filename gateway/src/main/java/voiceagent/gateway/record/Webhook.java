package voiceagent.gateway.record;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import voiceagent.kit.config.Secret;
import voiceagent.kit.observe.Meters;
import voiceagent.kit.time.Timers;

/// Sends events to a server of the operator's: signed, and again until it takes them.
///
/// `X-Voice-Agent-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY` with
/// `CALL_WEBHOOK_SECRET`. `X-Voice-Agent-Delivery` is the same each time an event is sent again.
final class Webhook implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Webhook.class.getName());

  /// Full: the event is lost, and logged; its record is on disk all the same.
  private static final int MAX_PENDING = 1000;

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /// Before the second, third, … attempt.
  private static final List<Duration> BACKOFF =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMinutes(1),
          Duration.ofMinutes(5));

  private final URI url;
  private final Secret secret;
  private final Timers timers;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final AtomicInteger pending = new AtomicInteger();

  Webhook(URI url, Secret secret, Timers timers) {
    this.url = url;
    this.secret = secret;
    this.timers = timers;
  }

  /// Returns at once.
  void send(String event, ObjectNode body) {
    if (pending.incrementAndGet() > MAX_PENDING) {
      over("lost");
      LOG.log(Level.ERROR, "too many events wait for the webhook: one of {0} is lost", event);
      return;
    }
    attempt(new Event(event, UUID.randomUUID().toString(), body.put("event", event).toString()), 0);
  }

  private record Event(String name, String delivery, String body) {}

  private void attempt(Event event, int attempt) {
    var _ =
        Thread.ofVirtual()
            .name("webhook")
            .start(() -> {
              int status = post(event);
              if (status / 100 == 2) {
                over("ok");
              } else if (isFinal(status) || attempt >= BACKOFF.size()) {
                LOG.log(
                    Level.ERROR,
                    "the webhook did not take an event of {0}, the last answer was {1}",
                    event.name(),
                    String.valueOf(status));
                over("failed");
              } else {
                var _ = timers.after(BACKOFF.get(attempt), () -> attempt(event, attempt + 1));
              }
            });
  }

  private void over(String outcome) {
    Meters.counter("voiceagent_webhook_events_total", "Events for the webhook.", "outcome", outcome)
        .increment();
    synchronized (pending) {
      pending.decrementAndGet();
      pending.notifyAll();
    }
  }

  /// To ask again would be answered the same.
  private static boolean isFinal(int status) {
    return status / 100 == 4 && status != 408 && status != 425 && status != 429;
  }

  /// @return the status; 0 if there was no answer
  private int post(Event event) {
    long now = Instant.now().getEpochSecond();
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .header("x-voice-agent-event", event.name())
            .header("x-voice-agent-delivery", event.delivery())
            .header("x-voice-agent-signature", "t=" + now + ",v1=" + sign(now + "." + event.body()))
            .POST(HttpRequest.BodyPublishers.ofString(event.body()))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private String sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /// Waits until nothing is pending, as long as that.
  void drain(Duration within) {
    long until = System.nanoTime() + within.toNanos();
    synchronized (pending) {
      try {
        while (pending.get() > 0 && System.nanoTime() < until) {
          pending.wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (pending.get() > 0) {
      LOG.log(Level.ERROR, "{0} events did not reach the webhook", String.valueOf(pending.get()));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
