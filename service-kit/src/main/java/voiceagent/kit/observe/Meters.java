package voiceagent.kit.observe;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.DistributionSummary;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Metrics;
import io.helidon.metrics.api.Tag;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// The meters of this process. Names begin with `voiceagent_` and end with their unit. Look-ups
/// cost a map access: keep what is used often in a field.
public final class Meters {
  private static final Duration[] BUCKETS =
      java.util.stream.LongStream.of(
              1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 800, 1200, 2000, 3000, 5000, 10000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private Meters() {}

  /// @param tags name, value, name, value, …
  public static Counter counter(String name, String description, String... tags) {
    return Metrics.globalRegistry()
        .getOrCreate(Counter.builder(name).description(description).tags(tags(tags)));
  }

  /// A histogram of durations; the name ends in `_seconds`.
  public static Timer timer(String name, String description, String... tags) {
    return Metrics.globalRegistry()
        .getOrCreate(
            Timer.builder(name)
                .description(description)
                .tags(tags(tags))
                .buckets(BUCKETS)
                .percentiles(new double[0]));
  }

  /// A distribution of whole numbers, such as frames.
  public static DistributionSummary summary(String name, String description, String... tags) {
    return Metrics.globalRegistry()
        .getOrCreate(DistributionSummary.builder(name).description(description).tags(tags(tags)));
  }

  /// A figure that is asked for at each scrape.
  public static void gauge(
      String name, String description, Supplier<? extends Number> value, String... tags) {
    var _ =
        Metrics.globalRegistry()
            .getOrCreate(
                Gauge.builder(name, () -> value.get().doubleValue())
                    .description(description)
                    .tags(tags(tags)));
  }

  private static List<Tag> tags(String... pairs) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      tags.add(Tag.create(pairs[i], pairs[i + 1]));
    }
    return tags;
  }
}
