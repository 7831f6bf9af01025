package voiceagent.gateway.call;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.stage.ActionResults;
import voiceagent.gateway.stage.BrainAction;
import voiceagent.kit.audio.DtmfTones;
import voiceagent.kit.time.Timers;

/// What the brain wants done once its reply was heard, and the digits it waits for. On the call's
/// thread. Each action gets one result.
final class PendingActions {
  /// Plays tones behind what waits to be played.
  @FunctionalInterface
  interface Tones {
    void play(byte[] mulaw);
  }

  /// Full: an action more is refused. A reply has one or two.
  private static final int MAX_PENDING = 20;

  /// An id that comes again is not done again; so many are remembered.
  private static final int MAX_SEEN = 1000;

  private final Timers timers;
  private final Mailbox mailbox;
  private final ActionResults results;
  private final Tones tones;
  private final List<Pending> pending = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private @Nullable Collection collection;

  private record Pending(long reply, String id, BrainAction action) {}

  private static final class Collection {
    final String id;
    final BrainAction.CollectDtmf wanted;
    final StringBuilder digits = new StringBuilder();
    Timers.@Nullable Timer timeout;

    Collection(String id, BrainAction.CollectDtmf wanted) {
      this.id = id;
      this.wanted = wanted;
    }
  }

  PendingActions(Timers timers, Mailbox mailbox, ActionResults results, Tones tones) {
    this.timers = timers;
    this.mailbox = mailbox;
    this.results = results;
    this.tones = tones;
  }

  /// An action of a reply. Digits count from now on, also while the question is still heard.
  void add(long reply, String id, BrainAction action) {
    if (seen.size() >= MAX_SEEN || !seen.add(id)) {
      return;
    }
    if (action instanceof BrainAction.Unknown || pending.size() >= MAX_PENDING) {
      results.actionFailed(id, "not supported");
      return;
    }
    pending.add(new Pending(reply, id, action));
    if (action instanceof BrainAction.CollectDtmf wanted) {
      end(collection);
      collection = new Collection(id, wanted);
    }
  }

  /// Whether nothing waits to be done, or for digits.
  boolean isEmpty() {
    return pending.isEmpty() && collection == null;
  }

  /// Whether anything shall be done after a reply.
  boolean has(long reply) {
    return pending.stream().anyMatch(p -> p.reply() == reply);
  }

  /// Whether the call ends, or moves on, after a reply.
  boolean ends(long reply) {
    return pending.stream()
        .anyMatch(p -> p.reply() == reply && p.action() instanceof BrainAction.Ending);
  }

  /// A reply was heard: what does not end the call is done now.
  void heard(long reply) {
    for (Pending next : take(reply, false)) {
      switch (next.action()) {
        case BrainAction.SendDtmf(String digits) -> send(next.id(), digits);
        case BrainAction.CollectDtmf _ -> waitForDigit();
        case BrainAction.Ending _, BrainAction.Unknown _ -> {}
      }
    }
  }

  /// How a reply ends the call, if it does; that counts as done.
  Optional<BrainAction.Ending> ending(long reply) {
    Optional<BrainAction.Ending> ending = Optional.empty();
    for (Pending next : take(reply, true)) {
      results.actionDone(next.id(), "");
      ending = Optional.of((BrainAction.Ending) next.action());
    }
    return ending;
  }

  /// A reply was given up before it was heard.
  void cancelled(long reply) {
    List<Pending> gone = pending.stream().filter(p -> p.reply() == reply).toList();
    pending.removeAll(gone);
    for (Pending next : gone) {
      if (collection != null && collection.id.equals(next.id())) {
        stopTimer(collection);
        collection = null;
      }
      results.actionCancelled(next.id());
    }
  }

  /// The caller pressed a key.
  ///
  /// @return false if nobody collects digits
  boolean digit(char digit) {
    Collection open = collection;
    if (open == null) {
      return false;
    }
    if (open.wanted.terminator().equals(String.valueOf(digit))) {
      end(open);
      return true;
    }
    open.digits.append(digit);
    if (open.digits.length() >= open.wanted.maxDigits()) {
      end(open);
    } else if (open.timeout != null) {
      waitForDigit();
    }
    return true;
  }

  private List<Pending> take(long reply, boolean ending) {
    List<Pending> taken =
        pending.stream()
            .filter(p -> p.reply() == reply)
            .filter(p -> p.action() instanceof BrainAction.Ending == ending)
            .toList();
    pending.removeAll(taken);
    return taken;
  }

  private void send(String id, String digits) {
    try {
      tones.play(DtmfTones.of(digits));
      results.actionDone(id, "");
    } catch (IllegalArgumentException e) {
      results.actionFailed(id, String.valueOf(e.getMessage()));
    }
  }

  private void waitForDigit() {
    Collection open = collection;
    if (open == null) {
      return;
    }
    stopTimer(open);
    open.timeout =
        timers.after(
            open.wanted.timeout(),
            () ->
                mailbox.signal(() -> {
                  if (collection == open) {
                    end(open);
                  }
                }));
  }

  private void end(@Nullable Collection over) {
    if (over == null) {
      return;
    }
    stopTimer(over);
    collection = null;
    pending.removeIf(p -> p.id().equals(over.id));
    if (over.digits.isEmpty()) {
      results.actionTimedOut(over.id);
    } else {
      results.actionDone(over.id, over.digits.toString());
    }
  }

  private static void stopTimer(Collection of) {
    if (of.timeout != null) {
      of.timeout.cancel();
    }
  }
}
