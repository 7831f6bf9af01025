package voiceagent.brain.llm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Which models are asked, in order: `GROQ_MODEL`, then `GROQ_FALLBACK_MODELS`, without those that
/// the account cannot use. Any thread.
public final class ModelOrder {
  private static final Logger LOG = System.getLogger(ModelOrder.class.getName());
  private static final int MAX_NAMED = 12;

  private final List<String> configured;
  private final Set<String> gone = ConcurrentHashMap.newKeySet();
  private volatile String told = "";

  /// @param configured one at least
  public ModelOrder(List<String> configured) {
    this.configured = configured.stream().distinct().toList();
  }

  /// The models to ask; all of them where none is known to be usable.
  public List<String> usable() {
    List<String> usable = configured.stream().filter(m -> !gone.contains(m)).toList();
    return usable.isEmpty() ? configured : usable;
  }

  /// What the provider offers now. Logs what follows from it, once for each change.
  public void offered(Set<String> models) {
    configured.forEach(m -> mark(m, models.contains(m)));
    List<String> missing = configured.stream().filter(gone::contains).toList();
    String news = missing + " of " + configured;
    if (news.equals(told)) {
      return;
    }
    told = news;
    if (missing.size() == configured.size()) {
      LOG.log(
          Level.ERROR,
          "the provider offers none of the models {0}: set GROQ_MODEL to one of {1}",
          String.join(", ", configured),
          models.stream().sorted().limit(MAX_NAMED).collect(Collectors.joining(", ")));
    } else if (missing.isEmpty()) {
      LOG.log(Level.INFO, "answers come from {0}", String.join(", then ", configured));
    } else {
      LOG.log(
          Level.WARNING,
          "the provider does not offer {0} any more: answers come from {1} (GROQ_MODEL,"
              + " GROQ_FALLBACK_MODELS)",
          String.join(", ", missing),
          String.join(", then ", usable()));
    }
  }

  /// A request was answered with "no such model".
  void gone(String model) {
    if (gone.add(model)) {
      LOG.log(
          Level.WARNING,
          "the provider does not offer {0} any more: answers come from {1}",
          model,
          String.join(", then ", usable()));
    }
  }

  private void mark(String model, boolean offered) {
    if (offered) {
      gone.remove(model);
    } else {
      gone.add(model);
    }
  }
}
