package voiceagent.sim.cartesia;

import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import voiceagent.sim.cartesia.AudioFault.Kind;
import voiceagent.sim.cartesia.CartesiaRules.CancelMode;
import voiceagent.sim.cartesia.Generation.Encoding;
import voiceagent.sim.speech.SpokenWord;

/// One context: inputs are joined, made into audio in their order and sent faster than real time,
/// until the client closes it, cancels it, or it expires. On its socket's event loop.
final class SpeakingContext {
  private static final int SAMPLES_PER_MS = 8;
  private static final int LEAST_CHUNK = 240;
  private static final int MOST_CHUNK = 2400;
  private static final int LATE_CHUNKS = 5;
  private static final int MAX_CHARACTERS = 20_000;

  private final Generation first;
  private final SimulatedSocket socket;
  private final CartesiaRules rules;
  private final CartesiaFaults faults;
  private final SpokenLog.Entry log;
  private final Random sizes;
  private final ArrayDeque<Input> inputs = new ArrayDeque<>();
  private final StringBuilder waiting = new StringBuilder();

  private @Nullable AudioFault fault;
  private @Nullable ScheduledFuture<?> patience;
  private @Nullable ScheduledFuture<?> expiry;
  private @Nullable Input speaking;
  private boolean closing;
  private boolean over;
  private int flushId = 1;
  private int characters;
  private int inputsSpoken;
  private int samplesMade;
  private int samplesSent;

  /// Text that is made into audio as a whole.
  private static final class Input {
    final String text;
    final int flushId;
    final boolean tellsFlush;
    byte[] audio = new byte[0];
    List<SpokenWord> words = List.of();
    int at;
    int wordsTold;

    Input(String text, int flushId, boolean tellsFlush) {
      this.text = text;
      this.flushId = flushId;
      this.tellsFlush = tellsFlush;
    }
  }

  SpeakingContext(
      Generation first,
      SimulatedSocket socket,
      CartesiaRules rules,
      CartesiaFaults faults,
      SpokenLog.Entry log) {
    this.first = first;
    this.socket = socket;
    this.rules = rules;
    this.faults = faults;
    this.log = log;
    fault = faults.take();
    sizes = new Random(first.context().hashCode());
  }

  String id() {
    return first.context();
  }

  /// Takes the next input, the first included.
  void input(Generation request) throws Refusal {
    if (closing) {
      throw Refusal.invalid("the context was closed by continue false");
    }
    if (!request.fixed().equals(first.fixed())) {
      throw Refusal.invalid(
          "a field differs from the context's first request, expected only transcript and"
              + " continue to change");
    }
    characters += request.transcript().length();
    if (characters > MAX_CHARACTERS) {
      throw Refusal.invalid(
          "the context has " + characters + " characters, expected " + MAX_CHARACTERS + " at most");
    }
    log.text(request.transcript());
    waiting.append(request.transcript());
    closing = !request.goesOn();
    boolean now = closing || request.flush() || request.maxDelay().isZero();
    if (request.flush() || (now && !waiting.isEmpty())) {
      boolean unasked = request.maxDelay().isZero() && rules.flushDoneUnasked;
      release(request.flush() || unasked);
      flushId += request.flush() ? 1 : 0;
    } else if (!waiting.isEmpty() && patience == null) {
      patience = socket.after(request.maxDelay(), () -> release(false));
    }
    if (speaking == null) {
      rest();
    }
  }

  /// Has what waits spoken as one input.
  private void release(boolean tellsFlush) {
    stop(patience);
    patience = null;
    inputs.add(new Input(waiting.toString(), flushId, tellsFlush));
    waiting.setLength(0);
    if (speaking == null) {
      next(true);
    }
  }

  void cancel() {
    stop(patience);
    inputs.clear();
    waiting.setLength(0);
    log.end(Spoken.State.CANCELLED);
    if (faults.lateChunksAfterCancel && speaking != null) {
      late(speaking, LATE_CHUNKS);
    }
    if (rules.cancelMode == CancelMode.STOP) {
      end(Spoken.State.CANCELLED);
      return;
    }
    closing = true;
    if (speaking == null) {
      finish();
    }
  }

  /// The socket is gone, or the context was refused.
  void lost() {
    end(Spoken.State.LOST);
  }

  private void late(Input input, int chunks) {
    int end = Math.min(input.audio.length, input.at + 2 * LEAST_CHUNK);
    if (chunks > 0 && input.at < end) {
      byte[] data = Arrays.copyOfRange(input.audio, input.at, end);
      var _ =
          socket.after(
              Duration.ofMillis(20),
              () -> {
                socket.chunk(id(), data, input.flushId, 1);
                late(input, chunks - 1);
              });
    }
  }

  /// @param delayed whether the first audio takes its time; input that follows at once is made
  ///   while the one before is sent
  private void next(boolean delayed) {
    stop(expiry);
    Input input = inputs.poll();
    speaking = input;
    if (input == null) {
      rest();
    } else {
      Duration wait = delayed ? rules.firstAudio.plus(faults.firstChunkDelay) : Duration.ZERO;
      socket.make(
          id(),
          input.text,
          first.speed(),
          first.encoding(),
          wait,
          (audio, words) -> begin(input, audio, words));
    }
  }

  /// Nothing is to be spoken now.
  private void rest() {
    stop(expiry);
    if (closing) {
      finish();
    } else if (waiting.isEmpty()) {
      expiry = socket.after(rules.expiry, this::finish);
    }
  }

  private void begin(Input input, byte[] audio, List<SpokenWord> words) {
    if (over) {
      return;
    }
    int origin = samplesMade;
    input.audio = audio;
    input.words =
        words.stream()
            .map(w -> new SpokenWord(w.text(), origin + w.start(), origin + w.end()))
            .toList();
    samplesMade += audio.length / width();
    log.made(audio, input.words);
    step(input);
  }

  private void step(Input input) {
    if (over || (fault != null && isDue(fault))) {
      return;
    }
    if (input.at >= input.audio.length) {
      words(input, Integer.MAX_VALUE);
      if (input.tellsFlush) {
        socket.flushDone(id(), input.flushId);
      }
      inputsSpoken++;
      if (fault != null && fault.kind() == Kind.END) {
        finish();
      } else {
        next(false);
      }
      return;
    }
    int samples = Math.min(chunk(), (input.audio.length - input.at) / width());
    boolean early = inputsSpoken % 2 == 0;
    if (early) {
      words(input, samplesSent + samples);
    }
    if (samplesSent == 0) {
      socket.firstAudio();
    }
    int bytes = samples * width();
    double stepMs = samples / (double) SAMPLES_PER_MS / rules.timesRealTime;
    socket.chunk(
        id(), Arrays.copyOfRange(input.audio, input.at, input.at + bytes), input.flushId, stepMs);
    log.sent(bytes);
    input.at += bytes;
    samplesSent += samples;
    if (!early) {
      words(input, samplesSent);
    }
    var _ = socket.after(Duration.ofNanos((long) (stepMs * 1e6)), () -> step(input));
  }

  /// Uneven, and so that a fault strikes at its sample.
  private int chunk() {
    int samples = LEAST_CHUNK + sizes.nextInt(MOST_CHUNK - LEAST_CHUNK);
    return fault == null || fault.afterSamples() <= samplesSent
        ? samples
        : Math.min(samples, fault.afterSamples() - samplesSent);
  }

  /// Lets a fault strike if it is time.
  private boolean isDue(AudioFault armed) {
    if (armed.kind() == Kind.END || samplesSent < armed.afterSamples()) {
      return false;
    }
    switch (armed.kind()) {
      case CUT -> socket.cut();
      case FAIL -> socket.refuse(id(), Refusal.failed());
      case STALL, END -> {} // silent from now on
    }
    return true;
  }

  /// Tells the words that begin before a sample of the context, four at a time.
  private void words(Input input, int before) {
    int to = input.wordsTold;
    while (to < input.words.size() && input.words.get(to).start() < before) {
      to++;
    }
    while (first.timestamps() && input.wordsTold < to) {
      int end = Math.min(to, input.wordsTold + 4);
      socket.timestamps(id(), input.words.subList(input.wordsTold, end), input.flushId);
      input.wordsTold = end;
    }
  }

  private int width() {
    return first.encoding() == Encoding.PCM_S16LE ? 2 : 1;
  }

  private void finish() {
    if (!over) {
      end(Spoken.State.DONE);
      socket.done(id());
    }
  }

  private void end(Spoken.State how) {
    if (!over) {
      over = true;
      stop(patience);
      stop(expiry);
      log.end(how);
      socket.ended(this);
    }
  }

  private static void stop(@Nullable ScheduledFuture<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
