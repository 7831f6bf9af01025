package voiceagent.kit.dictation;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.vosk.LibVosk;
import org.vosk.LogLevel;
import org.vosk.Model;

/// Recognises speech in this process, lower case and without punctuation, as well as its Vosk model
/// can. The model is loaded at the first need, on a thread of its own.
///
/// Six takes at once, each a fifth of a core; where there are more, or no model, nothing is
/// understood.
public final class Dictation implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Dictation.class.getName());

  /// Takes at once.
  public static final int MOST_TAKES = 6;

  private static final int THREADS = 2;

  private final Path directory;
  private final AtomicInteger takes = new AtomicInteger();
  private final Deque<VoskRecognizer> idle = new ArrayDeque<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MOST_TAKES * 2),
          Thread.ofPlatform().name("vosk-", 0).daemon().factory());

  private @Nullable Model model;
  private volatile boolean broken;

  /// @param model folder of a Vosk model; nothing is read yet
  public Dictation(Path model) {
    directory = model;
    threads.allowCoreThreadTimeOut(true);
    if (!Files.isDirectory(model)) {
      broken = true;
      LOG.log(Level.WARNING, "no speech model in {0}: unknown speech is not understood", model);
    }
  }

  /// Where the build puts the model of a module: `vosk/assets/model-en-us` beside the classes or
  /// the jar of it.
  ///
  /// @param owner a class of the module
  public static Path shippedModel(Class<?> owner) {
    try {
      Path code = Path.of(owner.getProtectionDomain().getCodeSource().getLocation().toURI());
      return code.resolveSibling("vosk").resolve("assets").resolve("model-en-us");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Whether there is a model to hear with, by what is known so far.
  public boolean works() {
    return !broken;
  }

  /// Begins to listen to a stretch of speech.
  ///
  /// @param heard told of the words so far whenever they change, on a thread of ours
  /// @return empty if six takes are running or there is no model
  public Optional<DictationTake> begin(DictationTake.Listener heard) {
    if (broken) {
      return Optional.empty();
    }
    if (takes.incrementAndGet() > MOST_TAKES) {
      takes.decrementAndGet();
      return Optional.empty();
    }
    return Optional.of(new DictationTake(this, threads, heard));
  }

  /// A recogniser at its beginning; on a thread of ours, 0.3 s at the first time.
  Optional<VoskRecognizer> recognizer() {
    synchronized (idle) {
      VoskRecognizer free = idle.poll();
      if (free != null) {
        return Optional.of(free);
      }
      try {
        if (model == null) {
          LibVosk.setLogLevel(LogLevel.WARNINGS);
          model = new Model(directory.toString());
        }
        return Optional.of(new VoskRecognizer(model));
      } catch (IOException | LinkageError e) {
        broken = true;
        LOG.log(Level.WARNING, "Vosk cannot be used: unknown speech is not understood", e);
        return Optional.empty();
      }
    }
  }

  /// A take is over; its recogniser may serve the next.
  void release(@Nullable VoskRecognizer recognizer) {
    takes.decrementAndGet();
    if (recognizer != null) {
      recognizer.reset();
      synchronized (idle) {
        idle.add(recognizer);
      }
    }
  }

  /// Waits 5 s at most for what runs.
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (threads.awaitTermination(5, TimeUnit.SECONDS)) {
        synchronized (idle) {
          idle.forEach(VoskRecognizer::close);
          idle.clear();
          if (model != null) {
            model.close();
            model = null;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
