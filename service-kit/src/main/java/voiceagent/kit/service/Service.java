package voiceagent.kit.service;

import java.io.UncheckedIOException;
import java.security.Security;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;
import voiceagent.kit.observe.Logs;
import voiceagent.kit.observe.Observe;

/// One running service: what it takes to end it.
public interface Service extends AutoCloseable {
  /// Takes no new work, lets what runs finish within a time, then ends the rest. Blocks; once.
  void drain(Duration grace);

  /// The port on which `/health…` and `/metrics` are served.
  int healthPort();

  /// Does once what the first minutes of a life do, so that an AOT cache holds it.
  default void train() {
    Training.ask(healthPort());
  }

  /// Ends at once: for tests.
  @Override
  default void close() {
    drain(Duration.ZERO);
  }

  /// Runs a service as this process until SIGTERM or Ctrl-C, then drains it within `DRAIN_SECONDS`.
  ///
  /// With the word `smoke` it only asks its provider whether calls would work, prints one sentence,
  /// and exits with 0 if they would, 1 if not, 2 if settings are wrong.
  ///
  /// With the word `train` it starts, does a little of each ([#train]), and exits with 0: the run
  /// that an AOT cache is made of.
  ///
  /// Wrong settings are told on standard error, all at once, with exit code 2; a port that is taken
  /// with exit code 1.
  ///
  /// @param words of the command line
  /// @param main the class beside which the presets lie
  /// @param smoke asks the provider; blocks for some seconds at most
  static void run(
      String[] words,
      String name,
      Class<?> main,
      Function<Settings, Service> starter,
      Function<Settings, SmokeResult> smoke) {
    if (words.length == 0) {
      System.exit(start(name, main, starter));
    }
    if (words.length == 1 && words[0].equals("train")) {
      System.exit(train(name, main, starter));
    }
    if (words.length == 1 && words[0].equals("smoke")) {
      System.exit(smoke(name, main, smoke));
    }
    System.err.println(
        name
            + ": there is no command "
            + String.join(" ", words)
            + ", expected smoke, train or none");
    System.exit(2);
  }

  private static int smoke(String name, Class<?> main, Function<Settings, SmokeResult> smoke) {
    Logs.configure(name, "error", System.err);
    try {
      SmokeResult result = smoke.apply(Settings.load(main));
      System.out.println(result);
      return result.good() ? 0 : 1;
    } catch (SettingsException e) {
      System.out.println(name + ": FAILED. Its settings cannot be used:");
      e.problems().forEach(p -> System.out.println("  " + p));
      return 2;
    }
  }

  private static int train(String name, Class<?> main, Function<Settings, Service> starter) {
    Logs.configure(name, "error", System.err);
    Observe.isolate();
    try (Service service = starter.apply(Settings.load(main))) {
      service.train();
      return 0;
    } catch (SettingsException e) {
      System.err.println(name + " cannot start: " + String.join("; ", e.problems()));
      return 2;
    }
  }

  private static int start(String name, Class<?> main, Function<Settings, Service> starter) {
    try {
      Settings settings = Settings.load(main);
      String level = settings.choice("LOG_LEVEL", Set.of("debug", "info", "warning", "error"));
      Duration grace = settings.seconds("DRAIN_SECONDS", 0, 3600);
      Logs.configure(name, level, System.out);
      Observe.isolate();
      // Replicas come and go: what a name was 30 s ago (the JDK's preset) says little.
      Security.setProperty("networkaddress.cache.ttl", "2");
      Security.setProperty("networkaddress.cache.negative.ttl", "1");
      Service service = starter.apply(settings);
      Thread ended = Thread.currentThread();
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .name("drain")
                  .unstarted(() -> {
                    service.drain(grace);
                    ended.interrupt();
                  }));
      Thread.sleep(Duration.ofSeconds(Long.MAX_VALUE / 2_000_000_000));
      return 0;
    } catch (InterruptedException e) {
      return 0;
    } catch (SettingsException e) {
      System.err.println(name + " cannot start:");
      e.problems().forEach(p -> System.err.println("  " + p));
      return 2;
    } catch (UncheckedIOException e) {
      System.err.println(name + " cannot start: " + e.getMessage());
      return 1;
    }
  }
}
