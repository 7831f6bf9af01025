package voiceagent.brain.llm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.time.Timers;

/// Asks the provider which models it offers: at start, again until it answers, and when a call
/// begins after a quiet time. The request also keeps a connection open. Nothing waits for it.
public final class ModelWatch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ModelWatch.class.getName());

  /// An answer is good for so long.
  private static final Duration FRESH = Duration.ofSeconds(30);

  private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);
  private static final int WARM_CONNECTIONS = 4;

  private final LanguageModel model;
  private final ModelOrder order;
  private final Timers timers;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile @Nullable String refusal;
  private volatile long askedAt;
  private volatile boolean closed;
  private Duration backoff = FIRST_BACKOFF;

  public ModelWatch(LanguageModel model, ModelOrder order, Timers timers) {
    this.model = model;
    this.order = order;
    this.timers = timers;
  }

  /// The first question, and the first connections. Returns at once.
  public void start() {
    model.warm(WARM_CONNECTIONS);
    ask();
  }

  /// A call begins.
  public void callBegins() {
    if (timers.nanos() - askedAt > FRESH.toNanos()) {
      ask();
    }
  }

  /// Why no model can be asked at all: the provider does not take the key. Empty otherwise.
  public Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  /// A request was refused for its key: until the provider takes it again, no call is taken.
  public void unauthorized(String detail) {
    if (refusal == null) {
      refusal = detail;
      LOG.log(Level.ERROR, "{0} refuses GROQ_API_KEY: {1}", model.provider(), detail);
      again();
    }
  }

  /// Asks no more.
  @Override
  public void close() {
    closed = true;
  }

  private void ask() {
    if (!closed && asking.compareAndSet(false, true)) {
      askedAt = timers.nanos();
      var _ = Thread.ofVirtual().name("models").start(this::check);
    }
  }

  private void check() {
    try {
      order.offered(model.models());
      succeeded();
      asking.set(false);
    } catch (ModelException e) {
      asking.set(false);
      if (e.failure().kind() == ModelFailure.Kind.UNAUTHORIZED) {
        if (refusal == null) {
          unauthorized(e.failure().detail());
        } else {
          again();
        }
      } else {
        LOG.log(Level.WARNING, "the models cannot be asked for: {0}", e.getMessage());
        again();
      }
    }
  }

  private synchronized void succeeded() {
    refusal = null;
    backoff = FIRST_BACKOFF;
  }

  private synchronized void again() {
    if (closed) {
      return;
    }
    Duration wait = backoff;
    Duration twice = backoff.multipliedBy(2);
    backoff = twice.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : twice;
    var _ = timers.after(wait, this::ask);
  }
}
