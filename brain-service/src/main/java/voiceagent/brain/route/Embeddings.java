package voiceagent.brain.route;

/// Port: sentences as vectors, of length 1, that are near each other where the sentences mean the
/// same. Any thread.
@FunctionalInterface
public interface Embeddings {
  float[] of(String sentence);
}
