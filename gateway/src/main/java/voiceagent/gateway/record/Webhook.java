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
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import voiceagent.gateway.record.Outbox.Event;
import voiceagent.kit.config.Secret;
import voiceagent.kit.observe.Meters;
import voiceagent.kit.time.Timers;

/// Sends events to a server of the operator's: signed, and again until it takes them.
///
/// `X-Voice-Agent-Signature: t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256 of `SECONDS.BODY` with
/// `CALL_WEBHOOK_SECRET`. `X-Voice-Agent-Delivery` is the same each time an event is sent again.
final class Webhook implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Webhook.class.getName());

  /// Full: the event waits in the outbox for the next start, and that is logged.
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
  private final Optional<Outbox> outbox;
  private final Timers timers;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final AtomicInteger pending = new AtomicInteger();

  /// Begins with what an earlier process could not send; reads a folder.
  ///
  /// @param outbox empty: what is not sent in time is lost with the process
  Webhook(URI url, Secret secret, Optional<Outbox> outbox, Timers timers) {
    this.url = url;
    this.secret = secret;
    this.outbox = outbox;
    this.timers = timers;
    for (Event left : outbox.map(box -> box.left(MAX_PENDING)).orElse(List.of())) {
      pending.incrementAndGet();
      attempt(left, 0);
    }
  }

  /// Returns at once.
  void send(String name, ObjectNode body) {
    Event event = new Event(name, UUID.randomUUID().toString(), body.put("event", name).toString());
    boolean full = pending.incrementAndGet() > MAX_PENDING;
    inBackground(() -> {
      outbox.ifPresent(box -> box.keep(event));
      if (full) {
        LOG.log(Level.ERROR, "too many events wait for the webhook: one of {0} is left", name);
        over("left");
      } else {
        deliver(event, 0);
      }
    });
  }

  private void attempt(Event event, int attempt) {
    inBackground(() -> deliver(event, attempt));
  }

  private static void inBackground(Runnable task) {
    var _ = Thread.ofVirtual().name("webhook").start(task);
  }

  private void deliver(Event event, int attempt) {
    int status = post(event);
    if (status / 100 == 2) {
      outbox.ifPresent(box -> box.forget(event));
      over("ok");
    } else if (isFinal(status)) {
      outbox.ifPresent(box -> box.forget(event));
      failed(event, status);
    } else if (attempt >= BACKOFF.size()) {
      failed(event, status);
    } else {
      var _ = timers.after(BACKOFF.get(attempt), () -> attempt(event, attempt + 1));
    }
  }

  private void failed(Event event, int status) {
    LOG.log(
        Level.ERROR,
        "the webhook did not take an event of {0}, the last answer was {1}",
        event.name(),
        String.valueOf(status));
    over("failed");
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
      LOG.log(
          Level.ERROR,
          "{0} events did not reach the webhook: {1}",
          String.valueOf(pending.get()),
          outbox.isPresent() ? "they wait for the next start" : "they are lost");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
