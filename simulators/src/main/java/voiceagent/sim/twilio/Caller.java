package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import voiceagent.sim.speech.Utterance;

/// The person on the phone, for tests: says things, waits, hangs up. What waits blocks its thread
/// until a deadline and then says in a [CallerException] what did not happen.
public final class Caller implements AutoCloseable {
  /// What an utterance may take beyond its own length.
  private static final Duration SAYING_SLACK = Duration.ofSeconds(20);

  private static final Duration HANGING_UP = Duration.ofSeconds(5);

  private final PhoneCall call;
  private final CallRecording recording;
  private Duration queued = Duration.ZERO;
  private int asked;

  Caller(PhoneCall call) {
    this.call = call;
    recording = call.recording();
  }

  public String callSid() {
    return call.parties().callSid();
  }

  public CallStatus status() {
    return call.status();
  }

  /// Waits until a media stream is up.
  public Caller awaitStream(Duration deadline) {
    await("a media stream", deadline, () -> streams() > 0);
    return this;
  }

  /// Waits until that many media streams were up in all.
  public Caller awaitStreams(int count, Duration deadline) {
    await("media stream number " + count, deadline, () -> streams() >= count);
    return this;
  }

  /// Says something, after all that is still to be said, and waits until it is said. Without a
  /// stream it waits for one.
  public Caller says(Utterance utterance) {
    beginsToSay(utterance);
    Duration deadline = queued.plus(SAYING_SLACK);
    await(
        "\"" + utterance.name() + "\" to be said", deadline, () -> call.utterancesSaid() >= asked);
    queued = Duration.ZERO;
    return this;
  }

  /// As [#says], without waiting.
  public Caller beginsToSay(Utterance utterance) {
    asked++;
    queued = queued.plus(samples(utterance.mulaw().length));
    call.say(utterance);
    return this;
  }

  /// @param digit 0-9, *, #, A-D
  public Caller presses(char digit) {
    call.press(digit);
    return this;
  }

  /// Waits until the agent begins an utterance after the caller's last words; if the caller has
  /// said nothing yet, since the call began.
  public Caller awaitAgentSpeaking(Duration deadline) {
    await("the agent to speak", deadline, () -> agentSpoke().isPresent());
    return this;
  }

  /// As [#awaitAgentSpeaking], and then until the caller has heard that much of it.
  public Caller awaitAgentHeard(Duration length, Duration deadline) {
    long samples = length.toMillis() * 8;
    await(
        "the agent to speak for " + length.toMillis() + " ms",
        deadline,
        () -> {
          OptionalLong from = agentSpoke();
          return from.isPresent() && lastHeard() >= from.getAsLong() + samples;
        });
    return this;
  }

  /// Waits until the agent says nothing: for a second, or since a clear. At once if it never spoke.
  public Caller awaitAgentQuiet(Duration deadline) {
    await("the agent to be quiet", deadline, () -> !agentSpeaks());
    return this;
  }

  /// Waits until that many clears have come in all.
  public Caller awaitClears(int count, Duration deadline) {
    await("clear number " + count, deadline, () -> clearsReceived() >= count);
    return this;
  }

  /// Waits until the call is over.
  public CallOutcome awaitEnd(Duration deadline) {
    await("the call to end", deadline, () -> call.outcome().isDone(), true);
    return outcome();
  }

  /// Waits for anything else; looked at with each event that is no frame, and every 100 ms.
  ///
  /// @param what for the message: "waited 5 s for WHAT"
  public Caller await(String what, Duration deadline, Supplier<Boolean> condition) {
    return await(what, deadline, condition, false);
  }

  /// Whether an utterance of the agent's has begun and is not over.
  public boolean agentSpeaks() {
    return count(CallEvent.AgentSpeaks.class) > count(CallEvent.AgentQuiet.class);
  }

  /// From the end of the caller's last words to the first frame of what the agent said next.
  public Optional<Duration> answerDelay() {
    OptionalLong from = agentSpoke();
    return from.isPresent()
        ? Optional.of(samples(from.getAsLong() - wordsEnd()))
        : Optional.empty();
  }

  public int clearsReceived() {
    return count(CallEvent.Cleared.class);
  }

  /// Times the agent's audio ran dry within a reply.
  public int underruns() {
    return count(CallEvent.Underrun.class);
  }

  /// Marks that came back, in order.
  public List<CallEvent.MarkEchoed> marks() {
    return recording.events(CallEvent.MarkEchoed.class);
  }

  public CallRecording recording() {
    return recording;
  }

  /// What is wrong with the line; may be changed.
  public LineFaults faults() {
    return call.faults();
  }

  /// Cuts the stream's connection without `stop`; the call goes on with the next verb.
  public Caller losesSocket() {
    call.loseSocket();
    return this;
  }

  /// The carrier reads nothing more, though it still sends; the gateway's writes pile up (L10).
  public Caller stopsReading() {
    call.reading(false);
    return this;
  }

  /// After [#stopsReading].
  public Caller readsAgain() {
    call.reading(true);
    return this;
  }

  /// The carrier is gone without closing anything: it neither sends nor reads any more (L38).
  public Caller vanishes() {
    call.vanish();
    return this;
  }

  /// Hangs up and waits until that is done. Harmless when repeated.
  public CallOutcome hangUp() {
    call.hangUp();
    return awaitEnd(HANGING_UP);
  }

  /// How the call went.
  ///
  /// @throws CallerException if it is not over
  public CallOutcome outcome() {
    CompletableFuture<CallOutcome> outcome = call.outcome();
    if (!outcome.isDone()) {
      throw new CallerException("the call is not over, it is " + call.status().wire());
    }
    return outcome.join();
  }

  /// Hangs up.
  @Override
  public void close() {
    call.hangUp();
    call.release();
  }

  private Caller await(
      String what, Duration deadline, Supplier<Boolean> condition, boolean mayBeOver) {
    try {
      boolean done =
          recording.await(
              () -> condition.get() || (!mayBeOver && call.outcome().isDone()), deadline);
      if (done && (mayBeOver || condition.get())) {
        return this;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallerException("interrupted while waiting for " + what);
    }
    throw new CallerException(
        call.outcome().isDone()
            ? "waited for %s, but the call is over: %s".formatted(what, outcome())
            : "waited %d ms for %s; the call is %s, the agent %s, after %d streams, %d clears"
                .formatted(
                    deadline.toMillis(),
                    what,
                    call.status().wire(),
                    agentSpeaks() ? "speaks" : "is quiet",
                    streams(),
                    clearsReceived()));
  }

  /// Where the agent's first utterance after the caller's last words begins.
  private OptionalLong agentSpoke() {
    long after = wordsEnd();
    return recording.events(CallEvent.AgentSpeaks.class).stream()
        .mapToLong(CallEvent.AgentSpeaks::at)
        .filter(at -> at >= after)
        .findFirst();
  }

  private long wordsEnd() {
    List<CallEvent.CallerSaid> said = recording.events(CallEvent.CallerSaid.class);
    return said.isEmpty() ? 0 : said.getLast().wordsEnd();
  }

  private long lastHeard() {
    List<CallRecording.Range> played = recording.played();
    return played.isEmpty() ? 0 : played.getLast().to();
  }

  /// Media streams of the call so far.
  public int streams() {
    return count(CallEvent.StreamStarted.class);
  }

  private int count(Class<? extends CallEvent> kind) {
    return recording.count(kind);
  }

  private static Duration samples(long count) {
    return Duration.ofNanos(count * 125_000);
  }
}
