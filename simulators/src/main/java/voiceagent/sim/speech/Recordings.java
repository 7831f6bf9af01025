package voiceagent.sim.speech;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The callers' recordings that ship with the simulators, with their words and word times. Their
/// sources and licences stand in the README beside them.
public final class Recordings {
  private static final int NAME = 0;
  private static final int WORDS = 4;

  private final Map<String, Utterance> byName;

  private Recordings(Map<String, Utterance> byName) {
    this.byName = byName;
  }

  /// Reads all of them: half a megabyte.
  public static Recordings load() {
    Map<String, Utterance> byName = new LinkedHashMap<>();
    try (InputStream in = resource("utterances.tsv");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      lines
          .lines()
          .skip(1)
          .map(l -> l.split("\t", -1))
          .forEach(row -> {
            String name = row[NAME].replace(".wav", "");
            byName.put(name, new Utterance(name, audio(row[NAME]), words(row[WORDS])));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Recordings(byName);
  }

  /// @param name the file's name without its ending, such as "greeting"
  /// @throws IllegalArgumentException if there is none of that name
  public Utterance get(String name) {
    Utterance utterance = byName.get(name);
    if (utterance == null) {
      throw new IllegalArgumentException(
          "no recording is called " + name + ", expected one of " + byName.keySet());
    }
    return utterance;
  }

  public Collection<Utterance> all() {
    return byName.values();
  }

  private static byte[] audio(String file) {
    try (InputStream in = resource(file)) {
      return Wav.mulaw(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `word:start-end word:start-end …`, in seconds.
  private static List<SpokenWord> words(String column) {
    return Arrays.stream(column.strip().split(" ", -1))
        .filter(w -> !w.isEmpty())
        .map(Recordings::word)
        .toList();
  }

  private static SpokenWord word(String text) {
    int colon = text.lastIndexOf(':');
    int dash = text.indexOf('-', colon);
    return new SpokenWord(
        text.substring(0, colon),
        samples(text.substring(colon + 1, dash)),
        samples(text.substring(dash + 1)));
  }

  private static long samples(String seconds) {
    return Math.round(Double.parseDouble(seconds) * 8000);
  }

  private static InputStream resource(String file) throws IOException {
    InputStream in = Recordings.class.getResourceAsStream(file);
    if (in == null) {
      throw new IOException("no " + file + " among the simulators' recordings");
    }
    return in;
  }
}
