package voiceagent.gateway.stage;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.kit.grpc.Replicas;
import voiceagent.kit.time.Timers;
import voiceagent.v1.ActionOutcome;
import voiceagent.v1.AgentPart;
import voiceagent.v1.BrainGrpc;
import voiceagent.v1.CallContext;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.Draining;
import voiceagent.v1.Failed;
import voiceagent.v1.OpenConversation;
import voiceagent.v1.Opened;

/// The brain stage as one call sees it. What the last checkpoint does not hold, and a question that
/// has no answer yet, are sent again to the replica that takes over. On the call's thread.
public final class Brain implements ActionResults {
  /// An utterance that gets no clause for so long: the replica counts as lost.
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(8);

  /// Told what the brain answers.
  public interface Listener {
    /// A piece of a reply, in order.
    void clause(long reply, int clause, String text, boolean last, boolean interruptible);

    /// A cached answer as the reply's whole text.
    void clip(long reply, String id, String text);

    /// Something the gateway shall do when the reply was heard.
    void action(long reply, String id, BrainAction action);

    /// All of a reply is there.
    void done(long reply, ReplyReport report);

    /// A document taken out of the conversation; may come after [#close].
    void extracted(String schema, String json);

    /// The brain told the state of the conversation: [Brain#resumable] has changed.
    void checkpointed();

    /// No more of a reply comes, and it is not complete.
    void failed(long reply, String cause);
  }

  private final String callSid;
  private final AgentPersona agent;
  private final Map<String, String> variables;
  private final Replicas replicas;
  private final Timers timers;
  private final Executor callThread;
  private final Listener listener;
  private final StageLink<ConverseRequest, ConverseResponse> link;
  private final PreparedReply prepared = new PreparedReply();
  private final Unconfirmed unconfirmed;
  private long asked;
  private boolean answered;
  private boolean complete;
  private Timers.@Nullable Timer overdue;

  /// @param variables per-call values for the agent's texts
  /// @param resumable the conversation by another gateway's [#resumable]; empty for a new call
  /// @param callThread runs the callbacks, in order
  public Brain(
      String callSid,
      AgentPersona agent,
      Map<String, String> variables,
      byte[] resumable,
      Replicas replicas,
      Executor callThread,
      Timers timers,
      Listener listener,
      StageHealth health,
      StageMeters meters) {
    this.callSid = callSid;
    this.agent = agent;
    this.variables = variables;
    unconfirmed = new Unconfirmed(resumable);
    this.replicas = replicas;
    this.timers = timers;
    this.callThread = callThread;
    this.listener = listener;
    link = new StageLink<>(StageName.BRAIN, new Conversation(), callThread, timers, health, meters);
  }

  /// Asks the stage for a place.
  public void open() {
    link.open();
  }

  /// Begins a reply to a turn that is probably over: [#ask] for the same reply, with the same
  /// words, takes it, [#discard] throws it away.
  public void prepare(long turn, long reply, String text) {
    if (prepared.isWorthIt() && link.send(BrainRequests.utterance(turn, reply, text, true))) {
      prepared.begin(reply);
    }
  }

  /// What was prepared is of no use.
  public void discard(long reply) {
    if (prepared.reply() == reply) {
      cancelOnly(reply);
      prepared.discard();
    }
  }

  /// Asks for a reply to what the caller said.
  public void ask(long turn, long reply, String text) {
    asked = reply;
    answered = false;
    complete = false;
    ConverseRequest utterance = BrainRequests.utterance(turn, reply, text, false);
    List<ConverseResponse> already = List.of();
    if (prepared.reply() == reply && link.send(BrainRequests.commit(reply))) {
      already = prepared.take();
      unconfirmed.add(utterance);
    } else {
      prepared.forget();
      remember(utterance);
    }
    watch();
    already.forEach(this::received);
  }

  /// Nobody wants this reply any more.
  public void cancel(long reply) {
    complete = true;
    watch();
    cancelOnly(reply);
  }

  private void cancelOnly(long reply) {
    link.send(BrainRequests.cancel(reply));
  }

  /// What was heard of a reply.
  public void played(long reply, String heard, boolean whole) {
    remember(BrainRequests.played(reply, heard, whole));
  }

  /// What was heard of a phrase that the gateway spoke by itself.
  public void said(long reply, String heard, SaidKind kind) {
    remember(BrainRequests.said(reply, heard, kind));
  }

  /// The caller pressed a key.
  public void dtmf(char digit) {
    remember(BrainRequests.dtmf(digit));
  }

  @Override
  public void actionDone(String id, String digits) {
    actionResult(id, ActionOutcome.ACTION_OUTCOME_DONE, digits, "");
  }

  @Override
  public void actionCancelled(String id) {
    actionResult(id, ActionOutcome.ACTION_OUTCOME_CANCELLED, "", "interrupted");
  }

  @Override
  public void actionTimedOut(String id) {
    actionResult(id, ActionOutcome.ACTION_OUTCOME_TIMED_OUT, "", "");
  }

  @Override
  public void actionFailed(String id, String detail) {
    actionResult(id, ActionOutcome.ACTION_OUTCOME_FAILED, "", detail);
  }

  /// All that it takes to go on with the conversation from another gateway.
  ///
  /// @param reply of which this much was heard by now; 0 for none
  /// @param said what the gateway says by itself; null for an answer
  public byte[] resumable(long reply, @Nullable SaidKind said, String heard) {
    if (reply == 0 || heard.isEmpty()) {
      return unconfirmed.resumable(Optional.empty());
    }
    return unconfirmed.resumable(
        Optional.of(
            said == null
                ? BrainRequests.played(reply, heard, false)
                : BrainRequests.said(reply, heard, said)));
  }

  private void actionResult(String id, ActionOutcome outcome, String digits, String detail) {
    remember(BrainRequests.result(id, outcome, digits, detail));
  }

  /// Leaves a replica that drains, but not one that has prepared the next reply.
  public void turnBoundary() {
    if (prepared.reply() == 0) {
      link.turnBoundary();
    }
  }

  /// The call is over; a document may still come, until [#isClosed].
  public void close(String reason) {
    complete = true;
    watch();
    link.closeAndListen(reason);
  }

  /// Nothing comes any more.
  public boolean isClosed() {
    return !link.isListening();
  }

  private void remember(ConverseRequest request) {
    unconfirmed.add(request);
    link.send(request);
  }

  private void received(ConverseResponse response) {
    if (prepared.keep(response)) {
      return;
    }
    switch (response.getMessageCase()) {
      case CLAUSE -> {
        var clause = response.getClause();
        if (isAsked(clause.getReply())) {
          complete |= clause.getLast();
          boolean interruptible = !clause.hasInterruptible() || clause.getInterruptible();
          listener.clause(
              asked, clause.getClause(), clause.getText(), clause.getLast(), interruptible);
        }
      }
      case CLIP -> {
        var clip = response.getClip();
        if (isAsked(clip.getReply())) {
          complete = true;
          listener.clip(asked, clip.getId(), clip.getText());
        }
      }
      case ACTION -> {
        var action = response.getAction();
        listener.action(action.getReply(), action.getId(), BrainAction.of(action));
      }
      case CHECKPOINT -> {
        unconfirmed.confirm(response.getCheckpoint(), reply -> reply == asked && !complete);
        listener.checkpointed();
      }
      case DONE -> {
        var done = response.getDone();
        var usage = done.getUsage();
        listener.done(
            done.getReply(),
            new ReplyReport(
                done.getRoute(),
                done.getModel(),
                usage.getPromptTokens(),
                usage.getCompletionTokens(),
                usage.getCachedTokens(),
                usage.getWastedTokens(),
                done.getFirstTokenMicros(),
                done.getStageMicros()));
      }
      case FAILED -> {
        var failed = response.getFailed();
        if (isAsked(failed.getReply())) {
          complete = true;
          watch();
          listener.failed(asked, failed.getProvider() + ": " + failed.getDetail());
        }
      }
      case EXTRACTION ->
          listener.extracted(
              response.getExtraction().getSchema(), response.getExtraction().getJson());
      case OPENED, DRAINING, MESSAGE_NOT_SET -> {}
    }
  }

  private boolean isAsked(long reply) {
    if (reply != asked) {
      return false;
    }
    answered = true;
    watch();
    return true;
  }

  private void watch() {
    if (overdue != null) {
      overdue.cancel();
      overdue = null;
    }
    if (!answered && !complete) {
      long reply = asked;
      overdue =
          timers.after(
              ANSWER_WITHIN,
              () ->
                  callThread.execute(() -> {
                    if (asked == reply && !answered && !complete) {
                      link.suspect("no clause within " + ANSWER_WITHIN.toSeconds() + " s");
                    }
                  }));
    }
  }

  private final class Conversation
      implements StageLink.Contract<ConverseRequest, ConverseResponse> {
    @Override
    public void start(StreamObserver<ConverseResponse> responses) {
      var _ = BrainGrpc.newStub(replicas).converse(responses);
    }

    @Override
    public ConverseRequest open() {
      return ConverseRequest.newBuilder()
          .setOpen(
              OpenConversation.newBuilder()
                  .setContext(CallContext.newBuilder().setCall(callSid))
                  .setAgent(
                      AgentPart.newBuilder()
                          .setAgent(agent.agent())
                          .setName(agent.name())
                          .setCompany(agent.company())
                          .setLanguage(agent.language())
                          .setPersona(agent.persona())
                          .setSettingsJson(agent.settingsJson()))
                  .putAllVariables(variables)
                  .setCheckpoint(unconfirmed.checkpoint()))
          .build();
    }

    @Override
    public ConverseRequest close(String reason) {
      return BrainRequests.close(reason);
    }

    @Override
    public @Nullable Opened opened(ConverseResponse response) {
      return response.hasOpened() ? response.getOpened() : null;
    }

    @Override
    public @Nullable Failed failed(ConverseResponse response) {
      return response.hasFailed() ? response.getFailed() : null;
    }

    @Override
    public @Nullable Draining draining(ConverseResponse response) {
      return response.hasDraining() ? response.getDraining() : null;
    }

    /// A reply of which clauses came is not asked for again: its rest could say something twice.
    @Override
    public void up() {
      unconfirmed.sentAgain();
      prepared.forget();
      boolean cut = answered && !complete;
      for (ConverseRequest request : unconfirmed.requests()) {
        link.send(request);
        if (request.hasUtterance()
            && (request.getUtterance().getReply() != asked || answered || complete)) {
          cancelOnly(request.getUtterance().getReply());
        }
      }
      if (cut) {
        complete = true;
        listener.failed(asked, "brain lost within a reply");
      }
    }

    @Override
    public int serving() {
      return replicas.serving();
    }

    @Override
    public boolean isIdle() {
      return (complete || asked == 0) && prepared.reply() == 0 && unconfirmed.isEmpty();
    }

    @Override
    public void message(ConverseResponse response) {
      received(response);
    }
  }
}
