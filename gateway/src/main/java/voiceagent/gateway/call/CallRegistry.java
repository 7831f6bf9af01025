package voiceagent.gateway.call;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import voiceagent.gateway.clip.AgentClips;
import voiceagent.gateway.clip.ClipCache;
import voiceagent.gateway.observe.CallMeters;
import voiceagent.gateway.playout.Carrier;
import voiceagent.gateway.playout.Pacer;
import voiceagent.gateway.record.CallRecords;
import voiceagent.gateway.stage.GrpcStages;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.time.Timers;

/// All calls of this gateway: admission, look-up, what becomes of them, drain. Any thread.
public final class CallRegistry implements Calls {
  private static final Logger LOG = System.getLogger(CallRegistry.class.getName());

  /// A webhook is to be answered within 2 s.
  private static final Duration RESERVE_WITHIN = Duration.ofMillis(1800);

  private static final Duration CLAIM_WITHIN = Duration.ofSeconds(10);
  private static final Duration REMEMBER = Duration.ofMinutes(2);

  /// Full: the oldest outcome is forgotten; its call would be hung up if Twilio still asks.
  private static final int MAX_REMEMBERED = 10_000;

  private final CallConfig config;
  private final Agents agents;
  private final CallParts parts;
  private final Timers timers;
  private final CallMeters meters;
  private final AtomicInteger slots = new AtomicInteger();
  private final Map<String, CallSession> reserved = new ConcurrentHashMap<>();
  private final Map<String, CallSession> live = new ConcurrentHashMap<>();
  private final Map<String, CallOutcome> ended = new LinkedHashMap<>();
  private final CountDownLatch drained = new CountDownLatch(1);
  private volatile boolean draining;

  public CallRegistry(
      CallConfig config,
      Agents agents,
      CallRecords records,
      GrpcStages stages,
      Pacer pacer,
      Clips clips,
      ClipCache clipCache,
      Checkpoints checkpoints,
      Timers timers) {
    this.config = config;
    this.agents = agents;
    this.timers = timers;
    meters = new CallMeters();
    meters.active(live::size);
    parts =
        new CallParts(
            stages,
            pacer,
            clips,
            timers,
            checkpoints,
            records,
            new AgentClips(agents.folder()),
            clipCache,
            meters,
            this::ended);
  }

  @Override
  public Admission reserve(CallInfo call) {
    CallSession asked = reserved.get(call.callSid());
    if (asked != null) {
      return await(asked); // Twilio asks again when our first answer came too late
    }
    if (live.containsKey(call.callSid())) {
      return new Admission.Admitted();
    }
    if (draining) {
      return refused(Admission.Reason.DRAINING);
    }
    if (slots.incrementAndGet() > config.maxCalls()) {
      slots.decrementAndGet();
      return refused(Admission.Reason.GATEWAY_FULL);
    }
    CallSession session =
        new CallSession(call, config, agent(call), parts, parts.checkpoints().load(call.callSid()));
    CallSession other = reserved.putIfAbsent(call.callSid(), session);
    if (other != null) {
      slots.decrementAndGet();
      return await(other);
    }
    session.reserve();
    Admission admission = await(session);
    if (admission instanceof Admission.Refused(Admission.Reason reason)) {
      session.release("refused");
      return refused(reason);
    }
    var _ = timers.after(CLAIM_WITHIN, () -> releaseUnclaimed(session));
    return admission;
  }

  @Override
  public Optional<CallLine> claim(CallInfo call, Carrier carrier) {
    releaseOutlived(call);
    if (!reserved.containsKey(call.callSid()) && reserve(call) instanceof Admission.Refused) {
      return Optional.empty();
    }
    CallSession session = reserved.remove(call.callSid());
    if (session == null) {
      return Optional.empty();
    }
    live.put(call.callSid(), session);
    session.start(carrier);
    return Optional.of(session);
  }

  /// The first stream may have come to another gateway and been lost there, while the place that
  /// was reserved here still waits for it: what was said since is not known to it.
  private void releaseOutlived(CallInfo call) {
    CallSession session = reserved.get(call.callSid());
    if (session != null
        && parts
            .checkpoints()
            .load(call.callSid())
            .filter(saved -> saved.reconnects() > session.reconnects())
            .isPresent()
        && reserved.remove(call.callSid(), session)) {
      session.release("outlived");
    }
  }

  @Override
  public AfterStream after(CallInfo call) {
    return switch (outcomeOf(call)) {
      case CallOutcome.Lost _ -> resume(call);
      case CallOutcome.Stopped _, CallOutcome.HangUp _ -> new AfterStream.HangUp();
      case CallOutcome.Transfer(String destination) -> new AfterStream.Transfer(destination);
    };
  }

  /// A call that is not known here was another gateway's, which kept how it ended; if it did not,
  /// it was lost.
  private CallOutcome outcomeOf(CallInfo call) {
    CallSession session = live.get(call.callSid());
    if (session != null) {
      session.ended("closed"); // Twilio saw the stream's end before we did
      try {
        return session.finished().get(RESERVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (TimeoutException | ExecutionException e) {
        LOG.log(Level.WARNING, "a call did not end in time");
      }
    }
    synchronized (ended) {
      CallOutcome outcome = ended.get(call.callSid());
      if (outcome != null) {
        return outcome;
      }
    }
    return parts
        .checkpoints()
        .load(call.callSid())
        .map(SavedCall::outcome)
        .orElseGet(CallOutcome.Lost::new);
  }

  private AfterStream resume(CallInfo call) {
    if (draining) {
      return new AfterStream.AskAgain();
    }
    SavedCall saved =
        parts
            .checkpoints()
            .load(call.callSid())
            .orElseGet(() -> new SavedCall(0, 0, 0, new byte[0]));
    if (saved.reconnects() >= SavedCall.MAX_RECONNECTS) {
      LOG.log(Level.WARNING, "a stream was lost once too often, the call ends");
      return new AfterStream.GiveUp();
    }
    keep(call, saved.resumed());
    return new AfterStream.Reconnect(call);
  }

  @Override
  public List<CallView> list() {
    return live.values().stream().map(CallSession::view).toList();
  }

  @Override
  public Optional<CallView> find(String callSid) {
    return Optional.ofNullable(live.get(callSid)).map(CallSession::view);
  }

  @Override
  public boolean end(String callSid, String reason) {
    CallSession session = live.getOrDefault(callSid, reserved.remove(callSid));
    if (session == null) {
      return false;
    }
    session.hangUpNow(reason);
    return true;
  }

  /// Reserves a call for nobody and gives it up again: what the first caller would wait for, and
  /// whether the stages are there.
  public boolean rehearse() {
    slots.incrementAndGet();
    CallInfo nobody = new CallInfo("rehearsal", "", "", CallInfo.DEFAULT_AGENT, Map.of());
    CallSession session = new CallSession(nobody, config, agent(nobody), parts, Optional.empty());
    session.reserve();
    Admission admission = await(session);
    session.release("rehearsal");
    return admission instanceof Admission.Admitted;
  }

  /// Takes no new calls and waits for the live ones, then ends them. Blocks.
  public void drain(Duration grace) {
    draining = true;
    reserved.values().forEach(s -> s.release("draining"));
    if (live.isEmpty()) {
      drained.countDown();
    }
    try {
      if (!drained.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        LOG.log(Level.WARNING, "{0} calls outlived the drain", String.valueOf(live.size()));
      }
      live.values().forEach(s -> s.release("draining"));
      drained.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Calls whose stream is live.
  public int live() {
    return live.size();
  }

  private Agent agent(CallInfo call) {
    return agents.of(call.agent(), call.to());
  }

  private Admission await(CallSession session) {
    try {
      return session.reserved().get(RESERVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return new Admission.Refused(Admission.Reason.STAGE_UNAVAILABLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Admission.Refused(Admission.Reason.STAGE_UNAVAILABLE);
    }
  }

  private Admission refused(Admission.Reason reason) {
    meters.refused(reason.name().toLowerCase(java.util.Locale.ROOT));
    LOG.log(Level.WARNING, "a call was refused: {0}", reason);
    return new Admission.Refused(reason);
  }

  private void releaseUnclaimed(CallSession session) {
    if (reserved.remove(session.info().callSid(), session)) {
      session.release("unclaimed");
    }
  }

  /// The stream may come to another gateway, which has to find the count.
  private void keep(CallInfo call, SavedCall saved) {
    try {
      parts
          .checkpoints()
          .save(call.callSid(), saved)
          .get(RESERVE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      LOG.log(Level.WARNING, "a checkpoint was not kept in time");
    }
  }

  private void ended(CallSession session, CallOutcome outcome) {
    String callSid = session.info().callSid();
    slots.decrementAndGet();
    reserved.remove(callSid, session);
    if (live.remove(callSid, session)) {
      synchronized (ended) {
        remember(callSid, outcome);
      }
    }
    if (draining && live.isEmpty()) {
      drained.countDown();
    }
  }

  private void remember(String callSid, CallOutcome outcome) {
    ended.put(callSid, outcome);
    if (ended.size() > MAX_REMEMBERED) {
      ended.remove(ended.keySet().iterator().next());
    }
    var _ =
        timers.after(
            REMEMBER,
            () -> {
              synchronized (ended) {
                ended.remove(callSid, outcome);
              }
              if (!(outcome instanceof CallOutcome.Lost)) { // another gateway may have that one
                parts.checkpoints().forget(callSid);
              }
            });
  }
}
