package voiceagent.kit.config;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvEntry;
import io.github.cdimascio.dotenv.DotenvException;
import io.helidon.config.Config;
import io.helidon.config.ConfigException;
import io.helidon.config.ConfigSources;
import io.helidon.config.yaml.YamlConfigParser;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The settings of one service: the environment over `.env` over `application.yaml` in the working
/// directory over the presets that the service ships in the `application.yaml` beside its main
/// class.
///
/// A setting is asked for by its name in the environment; in YAML that is the same name in lower
/// case with dashes: `PLAYOUT_LEAD_MS`, `playout-lead-ms`. An empty value counts as none. Mistakes
/// are collected, so that [#check] tells all of them at once. One thread.
public final class Settings {
  private final Config config;
  private final Config presets;
  private final List<String> problems = new ArrayList<>();

  private Settings(Config config, Config presets) {
    this.config = config;
    this.presets = presets;
  }

  /// Reads the process's environment, `.env` and `application.yaml` of its working directory.
  ///
  /// @param owner the class beside which the presets lie
  /// @throws SettingsException if a file cannot be read
  public static Settings load(Class<?> owner) {
    return load(owner, System.getenv(), Path.of(""));
  }

  /// As [#load(Class)], from a given environment and directory: for tests.
  public static Settings load(Class<?> owner, Map<String, String> environment, Path directory) {
    URL shipped = owner.getResource("application.yaml");
    if (shipped == null) {
      throw new IllegalStateException("no application.yaml beside " + owner.getName());
    }
    Config presets = tree(ConfigSources.url(shipped).parser(YamlConfigParser.create()).build());
    List<java.util.function.Supplier<? extends io.helidon.config.spi.ConfigSource>> sources =
        new ArrayList<>();
    sources.add(ConfigSources.create(keyed(environment)));
    sources.add(ConfigSources.create(keyed(dotEnv(directory))));
    Path file = directory.resolve("application.yaml");
    if (Files.isRegularFile(file)) {
      sources.add(ConfigSources.file(file).parser(YamlConfigParser.create()).build());
    }
    sources.add(ConfigSources.url(shipped).parser(YamlConfigParser.create()).build());
    try {
      Config config =
          Config.builder()
              .sources(sources)
              .disableEnvironmentVariablesSource()
              .disableSystemPropertiesSource()
              .build();
      return new Settings(config, presets);
    } catch (ConfigException e) {
      throw new SettingsException(List.of(file + " cannot be read: " + e.getMessage()));
    }
  }

  /// Presets with these values over them, and nothing of the machine's: for tests.
  public static Settings of(Class<?> owner, Map<String, String> environment) {
    return load(owner, environment, Path.of("/nonexistent"));
  }

  /// Text that must be there, by setting or preset.
  public String text(String name) {
    return optional(name)
        .orElseGet(() -> {
          problems.add(name + " is not set, expected a value");
          return "";
        });
  }

  /// Text that may be missing.
  public Optional<String> optional(String name) {
    try {
      return config
          .get(key(name))
          .asString()
          .asOptional()
          .map(String::strip)
          .filter(s -> !s.isEmpty());
    } catch (ConfigException e) {
      problems.add(name + " is not a single value, expected text");
      return Optional.empty();
    }
  }

  /// A key or token that may be missing.
  public Optional<Secret> secret(String name) {
    return optional(name).map(Secret::of);
  }

  /// One of a few words, whatever the case; told in lower case.
  public String choice(String name, Set<String> allowed) {
    String value = text(name).toLowerCase(Locale.ROOT);
    if (!value.isEmpty() && !allowed.contains(value)) {
      wrong(name, value, "one of " + String.join(", ", allowed.stream().sorted().toList()));
    }
    return value;
  }

  /// Words between commas, spaces around them stripped; empty list if there are none.
  public List<String> list(String name) {
    return optional(name).stream()
        .flatMap(v -> Arrays.stream(v.split(",", -1)))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /// A whole number within a range, both ends included.
  public int integer(String name, int least, int most) {
    String value = text(name);
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      if (value.isEmpty()) {
        return least;
      }
    }
    wrong(name, value, "a whole number from " + least + " to " + most);
    return least;
  }

  /// A number within a range, both ends included.
  public double decimal(String name, double least, double most) {
    String value = text(name);
    try {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      if (value.isEmpty()) {
        return least;
      }
    }
    wrong(name, value, "a number from " + least + " to " + most);
    return least;
  }

  /// Milliseconds within a range, both ends included.
  public Duration millis(String name, int least, int most) {
    return Duration.ofMillis(integer(name, least, most));
  }

  /// Seconds within a range, both ends included.
  public Duration seconds(String name, int least, int most) {
    return Duration.ofSeconds(integer(name, least, most));
  }

  /// A TCP port; 0 takes a free one.
  public int port(String name) {
    return integer(name, 0, 65535);
  }

  /// `true` or `false`.
  public boolean flag(String name) {
    String value = text(name).toLowerCase(Locale.ROOT);
    if (!value.equals("true") && !value.equals("false") && !value.isEmpty()) {
      wrong(name, value, "true or false");
    }
    return value.equals("true");
  }

  /// An absolute URI with a host and one of these schemes.
  public URI uri(String name, Set<String> schemes) {
    String value = text(name);
    try {
      URI uri = new URI(value);
      if (uri.getHost() != null && schemes.contains(String.valueOf(uri.getScheme()))) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // told below, as any other value that is none
    }
    if (!value.isEmpty()) {
      wrong(
          name,
          value,
          "a URL that begins with "
              + String.join(":// or ", schemes.stream().sorted().toList())
              + "://");
    }
    return URI.create(schemes.iterator().next() + "://invalid");
  }

  /// Notes a mistake that only the service can see, such as two settings that do not fit.
  public void problem(String sentence) {
    problems.add(sentence);
  }

  /// Call once everything was asked for, before any port opens.
  ///
  /// @throws SettingsException with a line for each mistake so far
  public void check() {
    if (!problems.isEmpty()) {
      throw new SettingsException(problems);
    }
  }

  private void wrong(String name, String value, String expected) {
    String preset =
        presets
            .get(key(name))
            .asString()
            .asOptional()
            .filter(s -> !s.isBlank())
            .map(p -> " (preset " + p + ")")
            .orElse("");
    problems.add(name + " is " + value + ", expected " + expected + preset);
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Names as in the environment to keys as in YAML. Other names of the machine's become keys that
  /// nobody asks for; those with a character that a key cannot hold are left out.
  private static Map<String, String> keyed(Map<String, String> environment) {
    Map<String, String> keyed = new HashMap<>();
    environment.forEach((name, value) -> {
      if (name.matches("[A-Z][A-Z0-9_]*") && !value.isBlank()) {
        keyed.put(key(name), escaped(value));
      }
    });
    return keyed;
  }

  /// Helidon resolves `${…}` and `$…` references in values; a key or greeting may hold a dollar.
  private static String escaped(String value) {
    return value.replace("${", "\\${");
  }

  private static Map<String, String> dotEnv(Path directory) {
    try {
      Map<String, String> entries = new HashMap<>();
      for (DotenvEntry entry :
          Dotenv.configure()
              .directory(directory.toAbsolutePath().toString())
              .ignoreIfMissing()
              .load()
              .entries(Dotenv.Filter.DECLARED_IN_ENV_FILE)) {
        entries.put(entry.getKey(), entry.getValue());
      }
      return entries;
    } catch (DotenvException e) {
      throw new SettingsException(
          List.of(directory.resolve(".env") + " cannot be read: " + e.getMessage()));
    }
  }

  private static Config tree(io.helidon.config.spi.ConfigSource source) {
    return Config.builder(() -> source)
        .disableEnvironmentVariablesSource()
        .disableSystemPropertiesSource()
        .build();
  }
}
