package voiceagent.gateway.playout;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.FrameSlicer;

/// The agent's audio of one call on its way to the carrier, and how much of it was heard.
///
/// The call's thread adds, clears and asks; the pacer's thread sends. Both hold this object's lock,
/// so that nothing of an old reply can follow a clear. Nothing here blocks.
///
/// The carrier is kept [#lead] ahead of real time: the first frames of a reply go at once, five of
/// them in one message, then one frame each 20 ms. What it holds is reckoned, not asked for: it
/// plays 8000 samples a second from the moment it has any.
public final class Playout {
  /// How long new audio waits for the echo of a fence.
  static final Duration FENCE_WAIT = Duration.ofMillis(300);

  /// How long after its reckoned end a reply is taken as heard although its last mark did not come.
  public static final Duration MARK_WAIT = Duration.ofMillis(1500);

  /// A reply begins once it has so many frames, or after [#START_WAIT]: speech that comes in drops
  /// at first would stutter.
  static final int START_FRAMES = 5;

  /// The longest that a reply's first audio waits for more.
  static final Duration START_WAIT = Duration.ofMillis(60);

  /// Full: [#audio] refuses more, the caller ends the reply there. Two minutes.
  static final int MAX_QUEUED_FRAMES = 6000;

  private static final long FRAME_NANOS = Duration.ofMillis(20).toNanos();
  static final long NANOS_PER_SAMPLE = 125_000;

  private sealed interface Item {
    record Frame(long reply, AudioFrame audio) implements Item {}

    record Mark(long reply, boolean last) implements Item {}
  }

  private final Carrier carrier;
  private final long lead;
  private final LongSupplier clock;
  private final PlayoutMeters meters;
  private final Deque<Item> queue = new ArrayDeque<>();
  private final FrameSlicer slicer = new FrameSlicer();
  private final Hearing hearing;

  private int queuedFrames;
  private long addedReply;
  private long startBy;
  private long sentReply;
  private boolean sentWhole = true;
  private boolean starved;
  private boolean probed;
  private boolean held;
  private long carrierEnd;
  private long gatedUntil;

  Playout(Carrier carrier, Duration lead, LongSupplier clock, PlayoutMeters meters) {
    this.carrier = carrier;
    this.lead = lead.toNanos();
    this.clock = clock;
    this.meters = meters;
    hearing = new Hearing(meters);
    carrierEnd = clock.getAsLong();
    gatedUntil = carrierEnd;
  }

  /// Adds audio of a reply, of any length, behind all that waits.
  ///
  /// @return false if the queue is full and this was not taken
  public synchronized boolean audio(long reply, byte[] mulaw) {
    if (queuedFrames + mulaw.length / AudioFrame.SAMPLES >= MAX_QUEUED_FRAMES) {
      return false;
    }
    if (reply != addedReply) {
      flush();
      addedReply = reply;
      startBy = clock.getAsLong() + START_WAIT.toNanos();
    }
    slicer.add(mulaw, this::enqueue);
    pumpIfIdle();
    return true;
  }

  /// A clause of a reply is complete: how far it was heard will be known to the sample.
  public synchronized void clauseEnd(long reply) {
    if (reply == addedReply) {
      queue.add(new Item.Mark(reply, false));
    }
  }

  /// Nothing more of this reply comes.
  public synchronized void replyEnd(long reply) {
    if (reply != addedReply) {
      addedReply = reply;
    }
    flush();
    startBy = 0;
    queue.add(new Item.Mark(reply, true));
    pumpIfIdle();
  }

  /// Drops all that waits, here and at the carrier. What was heard stays as it is now.
  public synchronized void clear() {
    long now = clock.getAsLong();
    queue.clear();
    queuedFrames = 0;
    slicer.reset();
    addedReply = 0;
    held = false;
    sentWhole = true;
    carrierEnd = now;
    List<String> fence = hearing.cleared(now);
    carrier.clear();
    fence.forEach(carrier::mark);
    carrier.flush();
    gatedUntil = now + FENCE_WAIT.toNanos();
  }

  /// Stops feeding the carrier without a clear; what it holds is still played.
  public synchronized void hold() {
    held = true;
  }

  /// Goes on where [#hold] stopped.
  public synchronized void resume() {
    held = false;
    pumpIfIdle();
  }

  /// A mark came back.
  public synchronized MarkEcho echoed(String name) {
    long now = clock.getAsLong();
    MarkEcho echo = hearing.echoed(name, now);
    if (echo instanceof MarkEcho.Fence) {
      gatedUntil = now;
      pumpIfIdle();
    }
    return echo;
  }

  /// How much of a reply was heard by now, in samples; see [Hearing]. Of one that was cleared it is
  /// exact once the fence is back.
  public synchronized long heard(long reply) {
    return hearing.heard(reply, clock.getAsLong());
  }

  /// Whether any frame of this reply was sent.
  public synchronized boolean started(long reply) {
    return hearing.samples(reply) > 0;
  }

  /// How long until all that was added so far is played, by the clock; zero when it is.
  public synchronized Duration untilPlayed() {
    long atCarrier = Math.max(0, Math.max(carrierEnd, gatedUntil) - clock.getAsLong());
    return Duration.ofNanos(atCarrier + queuedFrames * FRAME_NANOS);
  }

  /// How long the carrier has had nothing to play, by the clock; zero while anything waits for it,
  /// or is held.
  public synchronized Duration silence() {
    if (!queue.isEmpty() || held) {
      return Duration.ZERO;
    }
    long since = Math.max(carrierEnd, gatedUntil);
    return Duration.ofNanos(Math.max(0, clock.getAsLong() - since));
  }

  /// Frames that wait here.
  public synchronized int queuedFrames() {
    return queuedFrames;
  }

  /// Sends what is due at an instant of the schedule.
  ///
  /// @param nominal the instant as scheduled; when the pacer is late, in the past
  synchronized void pump(long nominal) {
    long now = clock.getAsLong();
    if (held || now < gatedUntil) {
      return;
    }
    boolean sent = false;
    while (!queue.isEmpty() && isDue(queue.peek(), nominal, now)) {
      switch (queue.remove()) {
        case Item.Mark(long reply, boolean last) -> mark(reply, last);
        case Item.Frame(long reply, AudioFrame audio) -> frame(reply, audio, now);
      }
      sent = true;
    }
    if (sent) {
      carrier.flush();
    }
    starved = queue.isEmpty() && !sentWhole;
  }

  private boolean isDue(Item next, long nominal, long now) {
    return switch (next) {
      case Item.Mark _ -> true;
      case Item.Frame(long reply, _) ->
          carrierEnd <= now ? !isTooLittleToBegin(reply, now) : carrierEnd < nominal + lead;
    };
  }

  private boolean isTooLittleToBegin(long reply, long now) {
    return reply != sentReply
        && reply == addedReply
        && queuedFrames < START_FRAMES
        && now < startBy;
  }

  private void ranDry(long reply, long now) {
    if (reply == sentReply && !sentWhole) {
      meters.underrun(starved);
    }
    carrierEnd = now;
    starved = false;
  }

  private void frame(long reply, AudioFrame audio, long now) {
    boolean dry = carrierEnd <= now;
    if (dry) {
      ranDry(reply, now);
    }
    boolean begins = reply != sentReply;
    sentReply = reply;
    sentWhole = false;
    if (!probed) {
      probed = true;
      carrier.mark(hearing.probe(now));
    }
    AudioFrame message = begins && dry ? withThoseBehind(reply, audio) : audio;
    carrier.media(message);
    long sent = 0;
    for (int i = 0; i < message.length() / AudioFrame.SAMPLES; i++) {
      queuedFrames--;
      meters.depth(queuedFrames);
      sent = hearing.frame(reply, carrierEnd, AudioFrame.SAMPLES);
      carrierEnd += FRAME_NANOS;
    }
    if (begins || sent % Marks.EVERY_SAMPLES == 0) {
      carrier.mark(hearing.mark(reply, false, carrierEnd));
    }
  }

  /// A reply begins with up to [#START_FRAMES] frames in one message: between two messages the
  /// sender may lose its processor, and a first one of 20 ms would run dry meanwhile.
  private AudioFrame withThoseBehind(long reply, AudioFrame first) {
    int most = Math.clamp(lead / FRAME_NANOS, 1, START_FRAMES);
    byte[] joined = Arrays.copyOf(first.mulaw(), most * AudioFrame.SAMPLES);
    int frames = 1;
    while (frames < most
        && queue.peek() instanceof Item.Frame(long next, AudioFrame audio)
        && next == reply) {
      System.arraycopy(audio.mulaw(), 0, joined, frames * AudioFrame.SAMPLES, AudioFrame.SAMPLES);
      frames++;
      queue.remove();
    }
    return AudioFrame.of(Arrays.copyOf(joined, frames * AudioFrame.SAMPLES));
  }

  private void mark(long reply, boolean last) {
    sentReply = reply;
    sentWhole |= last;
    carrier.mark(hearing.mark(reply, last, Math.max(carrierEnd, clock.getAsLong())));
  }

  /// Between replies the first frames go at once; within one the pacer keeps its slots.
  private void pumpIfIdle() {
    long now = clock.getAsLong();
    if (carrierEnd <= now) {
      pump(now);
    }
  }

  private void enqueue(AudioFrame frame) {
    queue.add(new Item.Frame(addedReply, frame));
    queuedFrames++;
  }

  private void flush() {
    slicer.flush().ifPresent(this::enqueue);
  }
}
