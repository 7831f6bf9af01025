package voiceagent.sim.twilio;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import voiceagent.sim.speech.Utterance;

/// One phone call as Twilio runs it, from the first ring to the end.
///
/// Everything runs on the call's event loop, but what is said to be for any thread.
final class PhoneCall {
  /// How a call's number is configured, or how it was created.
  ///
  /// @param twiml runs first, if the call was created with it
  /// @param url asked for TwiML else
  /// @param callbackEvents of `initiated`, `ringing`, `answered` and `completed`, those told
  /// @param detection whether it is found out who answered
  record Setup(
      Hosts hosts,
      Optional<String> twiml,
      String method,
      Optional<URI> url,
      Optional<URI> fallback,
      Optional<URI> statusCallback,
      Set<String> callbackEvents,
      Optional<MachineDetection> detection,
      boolean plainStreams) {}

  private final CallParties parties;
  private final Setup setup;
  private final TwilioLines lines;
  private final EventLoop loop;
  private final TwimlRun run;
  private final CallBacks callbacks;
  private final CallRecording recording;
  private final LineFaults faults;
  private final CallTimeline timeline = new CallTimeline();
  private final CallerVoice voice;
  private final CallLog log = new CallLog();
  private final CompletableFuture<CallOutcome> outcome = new CompletableFuture<>();
  private final AtomicInteger utterancesSaid = new AtomicInteger();
  private final Instant created = Instant.now();

  private volatile CallStatus status = CallStatus.QUEUED;
  private String verdict = "";
  private @Nullable MediaStream stream;
  private @Nullable MediaStream vanished;

  PhoneCall(
      CallParties parties,
      Setup setup,
      TwilioLines lines,
      CallRecording recording,
      LineFaults faults) {
    this.parties = parties;
    this.setup = setup;
    this.lines = lines;
    this.recording = recording;
    this.faults = faults;
    loop = lines.loop();
    voice = new CallerVoice(new Voice());
    callbacks = new CallBacks(parties, setup, lines);
    run = new TwimlRun(this, setup, lines, loop);
  }

  /// It rings; an inbound call's webhook is asked at once. Any thread.
  void ring() {
    loop.execute(() -> {
      status = CallStatus.RINGING;
      lines.tell("dialled", parties.callSid());
      callbacks.tell("initiated", status, Duration.ZERO);
      callbacks.tell("ringing", status, Duration.ZERO);
      if (parties.direction().equals("inbound")) {
        run.begin();
      } else {
        later(lines.outbound().ringing(), this::pickedUp);
      }
    });
  }

  /// The called party of an outbound call answers, or does not.
  private void pickedUp() {
    CallStatus answer = lines.outbound().answer();
    if (answer.over()) {
      end(answer, "the called party: " + answer.wire());
    } else {
      answer();
      if (setup.detection().isEmpty()) {
        run.begin();
      } else {
        detect(setup.detection().get());
      }
    }
  }

  /// With a callback the call goes on meanwhile, else it waits for the verdict.
  private void detect(MachineDetection detection) {
    String answeredBy = lines.outbound().answeredBy();
    Duration time = lines.outbound().detection();
    if (detection.callback().isPresent()) {
      later(
          time,
          () ->
              lines.callBack(
                  setup.hosts(), detection.callback().get(), parties.detected(answeredBy, time)));
      run.begin();
    } else {
      later(
          time,
          () -> {
            verdict = answeredBy;
            run.begin();
          });
    }
  }

  /// The call is answered, by the first verb that does that.
  void answer() {
    if (status == CallStatus.RINGING) {
      status = CallStatus.IN_PROGRESS;
      log.answered();
      lines.tell("answered", parties.callSid());
      recording.changed();
      callbacks.tell("answered", status, Duration.ZERO);
    }
  }

  /// Opens a media stream; what runs next is up to [TwimlRun].
  void connect(URI url, Map<String, String> parameters, String name, Optional<URI> streamCallback) {
    String streamSid = Sid.of("MZ");
    log.streamOpened();
    MediaStream opened =
        new MediaStream(
            loop,
            lines.clock(),
            lines.timers(),
            new StreamCodec(TwilioSimulator.ACCOUNT_SID, parties.callSid(), streamSid),
            streamSid,
            timeline,
            voice,
            recording,
            faults,
            new Stream(streamSid, name.isEmpty() ? streamSid : name, streamCallback));
    stream = opened;
    opened.open(setup.hosts().local(url), TwilioSignature.signedUrl(url), parameters);
  }

  /// Ends the stream from Twilio's side, if there is one.
  void stopStream(String reason) {
    MediaStream open = stream;
    if (open != null) {
      open.stop(reason);
    }
  }

  /// The caller hangs up. Any thread.
  void hangUp() {
    loop.execute(() -> {
      if (!status.over()) {
        lines.tell("hang-up", "the caller");
        end(
            status == CallStatus.IN_PROGRESS ? CallStatus.COMPLETED : CallStatus.CANCELED,
            "the caller hung up");
      }
    });
  }

  /// The carrier falls silent without a word, the socket stays. Any thread.
  void vanish() {
    loop.execute(() -> {
      MediaStream open = stream;
      if (open != null && !status.over()) {
        vanished = open;
        open.vanish();
        end(CallStatus.FAILED, "the carrier vanished");
      }
    });
  }

  /// Gives up what [#vanish] left. Any thread.
  void release() {
    loop.execute(() -> {
      if (vanished != null) {
        vanished.release();
      }
    });
  }

  /// The stream's connection is cut, without `stop`. Any thread.
  void loseSocket() {
    loop.execute(() -> {
      if (stream != null) {
        stream.abort();
      }
    });
  }

  /// The carrier stops or goes on reading what the gateway sends. Any thread.
  void reading(boolean on) {
    loop.execute(() -> {
      if (stream != null) {
        stream.reading(on);
      }
    });
  }

  /// Queues what the caller says. Any thread.
  void say(Utterance utterance) {
    loop.execute(() -> voice.say(utterance));
  }

  /// The caller presses a key. Any thread.
  void press(char digit) {
    loop.execute(() -> {
      if (stream != null) {
        stream.dtmf(digit);
      }
    });
  }

  /// REST: the call is over. Any thread.
  ///
  /// @return false if it was not in a state for that
  CompletableFuture<Boolean> complete(CallStatus wanted) {
    return onLoop(() -> {
      boolean may =
          wanted == CallStatus.COMPLETED
              ? !status.over()
              : status == CallStatus.QUEUED || status == CallStatus.RINGING;
      if (may) {
        end(wanted, "REST: Status=" + wanted.wire());
      }
      return may;
    });
  }

  /// REST: the call goes on with other TwiML. Any thread.
  ///
  /// @return false if it is not in progress
  CompletableFuture<Boolean> move(Optional<String> twiml, String method, Optional<URI> url) {
    return onLoop(() -> {
      if (status != CallStatus.IN_PROGRESS) {
        return false;
      }
      stopStream("REST moved the call on");
      run.move(twiml, method, url);
      return true;
    });
  }

  /// Ends the call, whatever it does. Harmless when repeated.
  void end(CallStatus last, String reason) {
    if (status.over()) {
      return;
    }
    run.abandon();
    stopStream(reason);
    status = last;
    if (last == CallStatus.BUSY || last == CallStatus.NO_ANSWER) {
      lines.tell("refused", last.wire());
    }
    callbacks.tell("completed", status, log.duration());
    lines.ended(this);
    outcome.complete(log.outcome(last, reason));
    recording.changed();
  }

  void error(TwilioError error) {
    log.error(error);
    lines.tell("error", error.code() + " " + error.detail());
  }

  CallLog log() {
    return log;
  }

  /// A webhook's fields, now.
  Map<String, String> form() {
    Map<String, String> form = parties.form(status);
    if (!verdict.isEmpty()) {
      form.put("AnsweredBy", verdict);
    }
    return form;
  }

  private CompletableFuture<Boolean> onLoop(java.util.function.BooleanSupplier task) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        done.complete(task.getAsBoolean());
      } catch (RuntimeException e) {
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  private void later(Duration delay, Runnable task) {
    var _ =
        loop.schedule(
            () -> {
              if (!status.over()) {
                task.run();
              }
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /// Any thread, as are those below.
  CallStatus status() {
    return status;
  }

  CallParties parties() {
    return parties;
  }

  Instant created() {
    return created;
  }

  CallRecording recording() {
    return recording;
  }

  LineFaults faults() {
    return faults;
  }

  /// Utterances of the caller's that are over.
  int utterancesSaid() {
    return utterancesSaid.get();
  }

  /// Complete once the call is over.
  CompletableFuture<CallOutcome> outcome() {
    return outcome;
  }

  private final class Voice implements CallerVoice.Listener {
    @Override
    public void begins(CallEvent.CallerSaid event, Utterance utterance) {
      recording.add(event);
      lines.tell("caller-says", utterance.transcript());
    }

    @Override
    public void ends() {
      utterancesSaid.incrementAndGet();
      recording.changed();
    }
  }

  private final class Stream implements MediaStream.Listener {
    private final String streamSid;
    private final String name;
    private final Optional<URI> callback;

    Stream(String streamSid, String name, Optional<URI> callback) {
      this.streamSid = streamSid;
      this.name = name;
      this.callback = callback;
    }

    @Override
    public void started() {
      lines.tell("stream-started", streamSid);
      told("stream-started", "");
    }

    @Override
    public void agentSpeaks() {
      lines.tell("agent-speaks", "");
    }

    @Override
    public void agentQuiet() {
      lines.tell("agent-quiet", "");
    }

    @Override
    public void cleared() {
      lines.tell("clear", "");
    }

    @Override
    public void error(TwilioError error) {
      PhoneCall.this.error(error);
    }

    @Override
    public void ended(StreamEnd end) {
      stream = null;
      lines.tell("stream-ended", end.reason());
      switch (end) {
        case StreamEnd.Refused(TwilioError error) -> {
          error(error);
          told("stream-error", error.detail());
          run.streamEnded();
        }
        case StreamEnd.Closed _, StreamEnd.Lost _ -> {
          told("stream-stopped", "");
          run.streamEnded();
        }
        case StreamEnd.Stopped _ -> told("stream-stopped", "");
      }
    }

    private void told(String event, String error) {
      callback.ifPresent(url -> callbacks.stream(url, streamSid, name, event, error));
    }
  }
}
