package voiceagent.brain.route;

import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// all-MiniLM-L6-v2, quantised, in this process: 384 numbers a sentence, 1 to 3 ms each. It is
/// loaded in the background, which takes about a second; until then there is none.
public final class MiniLm {
  private static final Logger LOG = System.getLogger(MiniLm.class.getName());

  private static final java.util.logging.Logger GPU_SEARCH =
      java.util.logging.Logger.getLogger("ai.djl.util.cuda.CudaUtils");

  private volatile @Nullable Embeddings loaded;

  /// Begins to load; returns at once.
  public MiniLm load() {
    var _ = Thread.ofPlatform().name("embeddings").daemon().start(this::read);
    return this;
  }

  /// The model, once it is there.
  public Optional<Embeddings> model() {
    return Optional.ofNullable(loaded);
  }

  /// Loads on this thread.
  static Embeddings now() {
    var model = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
    return sentence -> model.embed(sentence).content().vector();
  }

  private void read() {
    // It looks for graphics cards at WARNING; there is no use for them.
    GPU_SEARCH.setLevel(java.util.logging.Level.SEVERE);
    try {
      Embeddings model = now();
      var _ = model.of("warm");
      loaded = model;
      LOG.log(Level.INFO, "routes are on: the embedding model is loaded");
    } catch (RuntimeException | LinkageError e) {
      LOG.log(
          Level.ERROR, "the embedding model cannot be loaded: all goes to the language model", e);
    }
  }
}
