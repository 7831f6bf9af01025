package voiceagent.gateway.playout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import voiceagent.gateway.playout.SentReply.Cut;

/// What of a call's replies was heard. Not thread-safe: [Playout] guards it.
///
/// Marks decide. The echo of a mark tells how long a sample takes from being due to being played
/// and told: network both ways, and what the carrier buffers. From then on a reply goes on by the
/// clock, that much later. An interruption ends it where the carrier carries out the clear, which
/// the fence's echo tells; until it is back that is reckoned from the way that earlier marks took.
final class Hearing {
  static final long UNKNOWN = Long.MIN_VALUE;

  /// Full: the oldest reply is forgotten, and taken as not heard.
  private static final int MAX_REPLIES = 8;

  private final PlayoutMeters meters;
  private final Deque<SentReply> replies = new ArrayDeque<>();
  private final Marks marks = new Marks();
  private long roundTrip = UNKNOWN;

  /// The way to the carrier and back, without what it buffers.
  private long clearTrip = UNKNOWN;

  private String probe = "";
  private long probedAt;

  Hearing(PlayoutMeters meters) {
    this.meters = meters;
  }

  /// The first audio is about to be sent, to a carrier that has nothing to play: a mark is echoed
  /// at once and tells the way there and back.
  ///
  /// @return its name
  String probe(long now) {
    probe = "probe.1";
    probedAt = now;
    return probe;
  }

  /// A frame of a reply was sent.
  ///
  /// @param startNanos when it is played, by our clock
  /// @return samples of the reply that were sent, this frame included
  long frame(long reply, long startNanos, int length) {
    SentReply sent = sent(reply);
    sent.frame(startNanos, length);
    return sent.samples();
  }

  /// A mark is about to be sent, behind all that was sent of a reply.
  ///
  /// @return its name
  String mark(long reply, boolean last, long playedAtNanos) {
    return marks.sent(reply, sent(reply).samples(), last, playedAtNanos).name();
  }

  /// Samples of a reply that were sent.
  long samples(long reply) {
    return find(reply).map(SentReply::samples).orElse(0L);
  }

  /// All that is at the carrier is about to be thrown away.
  ///
  /// @return the names of the fence's marks, to be sent behind the clear
  List<String> cleared(long now) {
    for (SentReply sent : replies) {
      if (sent.cut == null) {
        long overdue = overdue(sent, now);
        boolean known = roundTrip != UNKNOWN || overdue > 0;
        sent.cut = new Cut(now, known ? late() + overdue : UNKNOWN);
      }
    }
    return marks.cleared();
  }

  /// A mark came back.
  MarkEcho echoed(String name, long now) {
    if (marks.isFence(name)) {
      fenced(now);
      return new MarkEcho.Fence();
    }
    if (name.equals(probe)) {
      clearTrip = clearTrip == UNKNOWN ? now - probedAt : clearTrip;
      return new MarkEcho.Nothing();
    }
    return marks.echoed(name).map(m -> heard(m, now)).orElseGet(MarkEcho.Nothing::new);
  }

  private void fenced(long now) {
    for (SentReply sent : replies) {
      Cut cut = sent.cut;
      if (cut != null && cut.fencedAt == UNKNOWN) {
        cut.fencedAt = now;
        clearTrip = now - cut.at;
      }
    }
  }

  private MarkEcho heard(Marks.Mark mark, long now) {
    roundTrip = Math.max(0, now - mark.playedAtNanos());
    meters.roundTrip(roundTrip);
    find(mark.reply()).ifPresent(sent -> sent.proven = Math.max(sent.proven, mark.samples()));
    return mark.last()
        ? new MarkEcho.ReplyHeard(mark.reply())
        : new MarkEcho.Heard(mark.reply(), mark.samples());
  }

  /// How much of a reply was heard by now, in samples.
  long heard(long reply, long now) {
    return find(reply).map(sent -> heard(sent, now)).orElse(0L);
  }

  private long heard(SentReply sent, long now) {
    Cut cut = sent.cut;
    long by = cut == null ? sent.playedAt(now - late() - overdue(sent, now)) : ended(sent, cut);
    return Math.clamp(by, sent.proven, sent.samples());
  }

  /// Without any mark in this call the clock alone tells.
  private long ended(SentReply sent, Cut cut) {
    if (cut.roundTrip == UNKNOWN) {
      return sent.playedAt(cut.at);
    }
    long trip = clearTrip == UNKNOWN ? cut.roundTrip : clearTrip;
    long end = cut.fencedAt == UNKNOWN ? cut.at + trip : cut.fencedAt;
    return sent.playedAt(end - cut.roundTrip);
  }

  private long late() {
    return roundTrip == UNKNOWN ? 0 : roundTrip;
  }

  /// How much later than the last mark told a reply is heard, in nanoseconds, since marks that are
  /// due did not come. The first of them may be lost (L4), so the second decides.
  private long overdue(SentReply sent, long now) {
    OptionalLong most = marks.second(sent.id);
    long by = sent.playedAt(now - late());
    return most.isEmpty() || by <= most.getAsLong()
        ? 0
        : (by - most.getAsLong()) * Playout.NANOS_PER_SAMPLE;
  }

  /// Where a reply's frames are noted; one that goes on after another sound goes on here.
  private SentReply sent(long reply) {
    return find(reply)
        .orElseGet(() -> {
          SentReply begun = new SentReply(reply);
          replies.addLast(begun);
          if (replies.size() > MAX_REPLIES) {
            replies.removeFirst();
          }
          return begun;
        });
  }

  private Optional<SentReply> find(long reply) {
    return replies.stream().filter(r -> r.id == reply).findFirst();
  }
}
