package voiceagent.gateway.clip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.gateway.playout.HeardLedger.TimedWord;

class ClipCacheTest {
  private static final ClipVoice VOICE = new ClipVoice("", "en", 0, "");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  /// Makes a second of sound of each text, or not.
  private static final class Studio implements ClipCache.Studio {
    final List<String> made = new CopyOnWriteArrayList<>();
    volatile String source = "cartesia/sonic-3";
    volatile boolean down;
    volatile boolean refuses;

    @Override
    public String source(ClipVoice voice) throws IOException {
      if (down) {
        throw new IOException("down");
      }
      return source;
    }

    @Override
    public Optional<Clip> render(ClipVoice voice, String text) {
      made.add(text);
      return refuses
          ? Optional.empty()
          : Optional.of(new Clip(new byte[8000], List.of(new TimedWord(text, 100, 7000))));
    }
  }

  private final Studio studio = new Studio();

  private ClipCache cache(long maxBytes) {
    return new ClipCache(new ClipConfig(Optional.of(folder), maxBytes), studio);
  }

  /// Looks until it is there.
  private static Clip find(ClipCache cache, String text) {
    await(() -> cache.find(VOICE, text).isPresent());
    return cache.find(VOICE, text).orElseThrow();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private long files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.count();
    }
  }

  @Test
  void aPhraseIsMadeWhenItIsLookedForTwiceAndOnceInAll() {
    try (ClipCache cache = cache(1 << 20)) {
      assertThat(cache.find(VOICE, "One.")).isEmpty();
      assertThat(cache.waiting()).isZero();
      assertThat(find(cache, "One.").words()).containsExactly(new TimedWord("One.", 100, 7000));
      find(cache, "Two.");
      assertThat(studio.made).containsExactly("One.", "Two.");
    }
    try (ClipCache other = cache(1 << 20)) {
      assertThat(find(other, "One.").mulaw()).hasSize(8000);
      assertThat(studio.made).containsExactly("One.", "Two.");
    }
  }

  @Test
  void aChangeOfModelVoiceOrSpeedMakesAnotherClip() throws IOException {
    try (ClipCache cache = cache(1 << 20)) {
      find(cache, "One.");
    }
    studio.source = "cartesia/sonic-3.5";
    try (ClipCache cache = cache(1 << 20)) {
      find(cache, "One.");
      ClipVoice fast = new ClipVoice("", "en", 1.2, "");
      await(() -> cache.find(fast, "One.").isPresent());
    }
    assertThat(studio.made).hasSize(3);
    assertThat(files()).isEqualTo(3);
  }

  @Test
  void aStageThatIsDownIsAskedAgain() {
    studio.down = true;
    try (ClipCache cache = cache(1 << 20)) {
      cache.find(VOICE, "One.");
      cache.find(VOICE, "One.");
      assertThat(cache.waiting()).isEqualTo(1);
      studio.down = false;
      find(cache, "One.");
      assertThat(cache.waiting()).isZero();
    }
  }

  @Test
  void aPhraseThatCanNotBeMadeIsGivenUp() {
    studio.refuses = true;
    try (ClipCache cache = cache(1 << 20)) {
      cache.find(VOICE, "One.");
      cache.find(VOICE, "One.");
      await(() -> cache.waiting() == 0);
      assertThat(cache.find(VOICE, "One.")).isEmpty();
    }
  }

  @Test
  void whatIsKeptIsBounded() throws IOException {
    try (ClipCache cache = cache(25_000)) {
      for (int i = 0; i < 10; i++) {
        find(cache, "Number " + i);
      }
      assertThat(files()).isLessThanOrEqualTo(3);
      assertThat(cache.find(VOICE, "Number 9")).isPresent();
      assertThat(cache.find(VOICE, "Number 0")).isEmpty();
    }
  }

  @Test
  void aFileThatIsBrokenIsMadeAgain() throws IOException {
    try (ClipCache cache = cache(1 << 20)) {
      find(cache, "One.");
    }
    try (Stream<Path> all = Files.list(folder)) {
      Files.write(all.findFirst().orElseThrow(), new byte[] {0, 0, 0, 1, 127});
    }
    try (ClipCache cache = cache(1 << 20)) {
      assertThat(find(cache, "One.").mulaw()).hasSize(8000);
    }
    assertThat(studio.made).hasSize(2);
  }
}
