package voiceagent.gateway.playout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.time.ManualTimers;

class PlayoutTest {
  private static final Duration LEAD = Duration.ofMillis(240);

  private final ManualTimers clock = new ManualTimers();
  private final Wire wire = new Wire();
  private final Playout playout = new Playout(wire, LEAD, clock::nanos, new PlayoutMeters());

  /// What reached the carrier, in order: "frame", "clear" or a mark's name.
  private static final class Wire implements Carrier {
    final List<String> sent = new ArrayList<>();
    int messages;

    @Override
    public boolean media(AudioFrame frame) {
      assertThat(frame.length()).isIn(160, 5 * 160);
      for (int i = 0; i < frame.length(); i += 160) {
        sent.add("frame");
      }
      messages++;
      return true;
    }

    @Override
    public boolean mark(String name) {
      return sent.add(name);
    }

    @Override
    public boolean clear() {
      return sent.add("clear");
    }

    @Override
    public void flush() {}

    @Override
    public void close(String reason) {
      sent.add("close");
    }

    long frames() {
      return sent.stream().filter("frame"::equals).count();
    }

    List<String> marks() {
      return sent.stream().filter(s -> s.startsWith("r") || s.startsWith("fence")).toList();
    }
  }

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      clock.advance(Duration.ofMillis(20));
      playout.pump(clock.nanos());
    }
  }

  private static byte[] millis(int ms) {
    return new byte[ms * 8];
  }

  @Test
  void theLeadGoesAtOnceThenOneFrameEach20Ms() {
    playout.audio(1, millis(2000));
    assertThat(wire.frames()).isEqualTo(12);
    for (int i = 1; i <= 50; i++) {
      tick(1);
      assertThat(wire.frames()).isEqualTo(12 + i);
    }
  }

  @Test
  void theFirst100MsAreOneMessageSoThatNothingComesBetween() {
    playout.audio(1, millis(2000));
    assertThat(wire.frames()).isEqualTo(12);
    assertThat(wire.messages).isEqualTo(1 + 7);
  }

  @Test
  void aReplyThatComesInDropsBeginsWhenItHas100Ms() {
    for (int i = 0; i < 4; i++) {
      playout.audio(1, millis(20));
      assertThat(wire.frames()).isZero();
    }
    playout.audio(1, millis(20));
    assertThat(wire.frames()).isEqualTo(5);
  }

  @Test
  void aReplyThatIsShortOrSlowBeginsAllTheSame() {
    playout.audio(1, millis(20));
    tick(2);
    assertThat(wire.frames()).isZero();
    tick(1);
    assertThat(wire.frames()).isEqualTo(1);
    playout.audio(2, millis(20));
    playout.replyEnd(2);
    tick(1);
    assertThat(wire.frames()).isEqualTo(2);
  }

  @Test
  void audioThatComesInPiecesIsSentInWholeFrames() {
    Random random = new Random(3);
    int left = 160 * 20;
    while (left > 0) {
      int size = Math.min(left, 1 + random.nextInt(300));
      playout.audio(1, new byte[size]);
      left -= size;
    }
    playout.replyEnd(1);
    tick(40);
    assertThat(wire.frames()).isEqualTo(20);
  }

  @Test
  void aStallShorterThanTheLeadIsCaughtUpAndTheScheduleKept_L28() {
    playout.audio(1, millis(4000));
    tick(20);
    assertThat(wire.frames()).isEqualTo(32);
    long before = clock.nanos();
    clock.advance(Duration.ofMillis(200));
    for (int slot = 1; slot <= 10; slot++) {
      playout.pump(before + slot * 20_000_000L);
    }
    assertThat(wire.frames()).isEqualTo(42);
    tick(5);
    assertThat(wire.frames()).isEqualTo(47);
  }

  @Test
  void marksLieBehindTheFirstMessageEach200MsAndAtTheEnd() {
    playout.audio(1, millis(500));
    playout.replyEnd(1);
    tick(30);
    assertThat(wire.sent.get(0)).as("tells the way to the carrier").isEqualTo("probe.1");
    assertThat(wire.sent.get(6)).isEqualTo("r1.1");
    assertThat(wire.marks()).hasSize(4);
    assertThat(wire.sent.subList(0, 13).stream().filter("frame"::equals)).hasSize(10);
    assertThat(wire.sent.get(12)).isEqualTo("r1.2");
  }

  @Test
  void aLaterMarkImpliesTheEarlierOnes_L4() {
    playout.audio(1, millis(500));
    playout.replyEnd(1);
    tick(30);
    List<String> marks = wire.marks();
    assertThat(playout.echoed(marks.getLast())).isEqualTo(new MarkEcho.ReplyHeard(1));
    assertThat(playout.echoed(marks.getFirst())).isEqualTo(new MarkEcho.Nothing());
    assertThat(playout.heard(1)).isEqualTo(4000);
  }

  @Test
  void aMarkEchoedAfterOurClearProvesNothing_L3() {
    playout.audio(1, millis(2000));
    playout.echoed("probe.1");
    tick(10);
    List<String> pending = wire.marks();
    playout.echoed(pending.getFirst());
    playout.clear();
    long heard = playout.heard(1);
    for (String mark : pending) {
      assertThat(playout.echoed(mark)).isEqualTo(new MarkEcho.Nothing());
    }
    assertThat(playout.heard(1)).isEqualTo(heard).isLessThan(1600);
  }

  @Test
  void nothingOfAnOldReplyFollowsAClear() {
    playout.audio(1, millis(2000));
    tick(3);
    playout.clear();
    long frames = wire.frames();
    tick(20);
    assertThat(wire.frames()).isEqualTo(frames);
    assertThat(wire.sent).containsOnlyOnce("clear");
    assertThat(playout.queuedFrames()).isZero();
  }

  @Test
  void newAudioWaitsForTheFence() {
    playout.audio(1, millis(1000));
    playout.clear();
    long frames = wire.frames();
    String fence = wire.marks().getLast();
    playout.audio(2, millis(1000));
    assertThat(wire.frames()).isEqualTo(frames);
    assertThat(playout.echoed(fence)).isEqualTo(new MarkEcho.Fence());
    assertThat(wire.frames()).isEqualTo(frames + 12);
  }

  @Test
  void aFenceThatDoesNotComeIsWaitedFor300Ms_L7() {
    playout.audio(1, millis(1000));
    playout.clear();
    long frames = wire.frames();
    playout.audio(2, millis(1000));
    tick(14);
    assertThat(wire.frames()).isEqualTo(frames);
    tick(2);
    assertThat(wire.frames()).isGreaterThan(frames);
  }

  @Test
  void heardGoesOnByTheClockFromTheLastMark() {
    playout.audio(1, millis(2000));
    clock.advance(Duration.ofMillis(150));
    playout.echoed(wire.marks().getFirst());
    assertThat(playout.heard(1)).isEqualTo(800);
    clock.advance(Duration.ofMillis(100));
    assertThat(playout.heard(1)).isEqualTo(800 + 800);
  }

  @Test
  void oneMarkThatDoesNotComeStopsNothingAndTwoStopTheClock_L4() {
    playout.audio(1, millis(2000));
    tick(50);
    List<String> marks = wire.marks();
    playout.echoed(marks.getFirst());
    assertThat(playout.heard(1)).isEqualTo(800);
    clock.advance(Duration.ofMillis(200));
    assertThat(playout.heard(1)).as("past the mark at 1600").isEqualTo(800 + 1600);
    clock.advance(Duration.ofMillis(500));
    assertThat(playout.heard(1)).as("but not past the one at 3200").isEqualTo(3200);
    playout.echoed(marks.get(3));
    assertThat(playout.heard(1)).isEqualTo(4800);
  }

  @Test
  void aReplyIsHeardUpToWhereItWasClearedWhateverTheWayTakes() {
    playout.audio(1, millis(2000));
    playout.echoed("probe.1");
    tick(20);
    playout.echoed(wire.marks().get(1)); // 1600 samples, 200 ms after they were due
    clock.advance(Duration.ofMillis(60));
    playout.clear();
    assertThat(playout.heard(1)).isEqualTo(1600 + 480);
    clock.advance(Duration.ofMillis(150));
    playout.echoed(wire.marks().getLast());
    assertThat(playout.heard(1)).isEqualTo(1600 + 480 + 1200);
    clock.advance(Duration.ofSeconds(5));
    assertThat(playout.heard(1)).isEqualTo(1600 + 480 + 1200);
  }

  @Test
  void aReplyGoesOnBehindAnotherSoundThatCameBetween() {
    playout.audio(1, millis(200));
    playout.audio(-1, millis(200));
    playout.replyEnd(-1);
    playout.audio(1, millis(200));
    playout.replyEnd(1);
    tick(40);
    clock.advance(Duration.ofMillis(100));
    playout.echoed(wire.marks().getFirst());
    assertThat(playout.heard(1)).isLessThanOrEqualTo(3200);
    playout.echoed(wire.marks().getLast());
    assertThat(playout.heard(1)).isEqualTo(3200);
  }

  @Test
  void aHoldGoesOnWhereItStopped() {
    playout.audio(1, millis(1000));
    playout.replyEnd(1);
    tick(5);
    playout.hold();
    long frames = wire.frames();
    tick(20);
    assertThat(wire.frames()).isEqualTo(frames);
    playout.resume();
    tick(50);
    assertThat(wire.frames()).isEqualTo(50);
    assertThat(wire.sent).doesNotContain("clear");
  }

  @Test
  void aFullQueueRefusesMore() {
    assertThat(playout.audio(1, millis(100_000))).isTrue();
    assertThat(playout.audio(1, millis(30_000))).isFalse();
  }

  /// A carrier that plays 8000 samples a second from the moment it has any.
  private final class Ear implements Carrier {
    long bufferEnds;
    boolean inReply;
    int underruns;

    @Override
    public boolean media(AudioFrame frame) {
      long now = clock.nanos();
      if (inReply && bufferEnds < now) {
        underruns++;
      }
      inReply = true;
      bufferEnds = Math.max(bufferEnds, now) + frame.length() * 125_000L;
      return true;
    }

    @Override
    public boolean mark(String name) {
      return true;
    }

    @Override
    public boolean clear() {
      return true;
    }

    @Override
    public void flush() {}

    @Override
    public void close(String reason) {}
  }

  @Test
  void stallsOf200MsAreNeverHeardInAThousandReplies_L28() {
    Random random = new Random(28);
    Ear ear = new Ear();
    Playout out = new Playout(ear, LEAD, clock::nanos, new PlayoutMeters());
    int stalls = 0;
    for (long reply = 1; reply <= 1000; reply++) {
      int left = 50 + random.nextInt(150);
      int untilStall = random.nextInt(60);
      ear.inReply = false;
      boolean leadIsFull = false;
      while (left > 0 || out.queuedFrames() > 0) {
        int frames = Math.min(left, 1 + random.nextInt(5)); // made faster than it is played
        left -= frames;
        if (frames > 0) {
          out.audio(reply, millis(20 * frames));
        }
        long slot = clock.nanos() + 20_000_000L;
        boolean stall = leadIsFull && untilStall-- <= 0;
        untilStall = stall ? 20 + random.nextInt(60) : untilStall;
        stalls += stall ? 1 : 0;
        clock.advance(Duration.ofMillis(stall ? 200 : 20));
        for (; slot <= clock.nanos(); slot += 20_000_000L) {
          out.pump(slot);
        }
        leadIsFull = ear.bufferEnds - clock.nanos() > LEAD.minusMillis(20).toNanos();
      }
      out.replyEnd(reply);
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(stalls).isGreaterThan(1000);
    assertThat(ear.underruns).isZero();
  }
}
