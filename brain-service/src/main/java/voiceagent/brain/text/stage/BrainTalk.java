package voiceagent.brain.text.stage;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.agent.Agent;
import voiceagent.v1.Action;
import voiceagent.v1.ActionOutcome;
import voiceagent.v1.ActionResult;
import voiceagent.v1.AgentPart;
import voiceagent.v1.BrainGrpc;
import voiceagent.v1.CallContext;
import voiceagent.v1.CloseConversation;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.DtmfReceived;
import voiceagent.v1.OpenConversation;
import voiceagent.v1.Opened;
import voiceagent.v1.Played;
import voiceagent.v1.Said;
import voiceagent.v1.SaidKind;
import voiceagent.v1.Utterance;

/// One talk with a brain, ours or another: everything that it says counts as heard. One thread;
/// blocks.
public final class BrainTalk implements AutoCloseable {
  private static final Duration OPEN_WITHIN = Duration.ofSeconds(5);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private final LinkedBlockingQueue<ConverseResponse> responses = new LinkedBlockingQueue<>(10_000);
  private final StreamObserver<ConverseRequest> requests;
  private long turn;
  private long reply;
  private @Nullable Action collecting;
  private boolean routes;

  /// Opens a talk.
  ///
  /// @param variables values for `{{name}}`, over the agent's own
  /// @throws IllegalStateException if the brain does not take it, with the reason
  public BrainTalk(Channel channel, String call, Agent agent, Map<String, String> variables) {
    requests = BrainGrpc.newStub(channel).converse(new Responses());
    send(
        ConverseRequest.newBuilder()
            .setOpen(
                OpenConversation.newBuilder()
                    .setContext(CallContext.newBuilder().setCall(call))
                    .setAgent(
                        AgentPart.newBuilder()
                            .setAgent(agent.id())
                            .setName(agent.name())
                            .setCompany(agent.company())
                            .setLanguage(agent.language())
                            .setPersona(agent.persona())
                            .setSettingsJson(agent.brain().json()))
                    .putAllVariables(agent.variables())
                    .putAllVariables(variables)));
    Opened opened = next(OPEN_WITHIN).getOpened();
    routes = opened.getCapabilitiesList().contains("routes");
  }

  /// Whether the brain knows the agent's routes by now.
  public boolean hasRoutes() {
    return routes;
  }

  /// The agent's first sentence was heard.
  public void greeted(String greeting) {
    reply++;
    send(
        ConverseRequest.newBuilder()
            .setSaid(
                Said.newBuilder()
                    .setReply(reply)
                    .setText(greeting)
                    .setKind(SaidKind.SAID_KIND_GREETING)));
  }

  /// The caller says something.
  public Answer says(String text) {
    turn++;
    reply++;
    send(
        ConverseRequest.newBuilder()
            .setUtterance(Utterance.newBuilder().setTurn(turn).setReply(reply).setText(text)));
    return answer();
  }

  /// The caller presses keys: for a tool that waits for them, or unasked.
  public Answer presses(String digits) {
    Action waiting = collecting;
    if (waiting == null) {
      send(ConverseRequest.newBuilder().setDtmf(DtmfReceived.newBuilder().setDigits(digits)));
    } else {
      collecting = null;
      String terminator = waiting.getCollectDtmf().getTerminator();
      result(waiting.getId(), terminator.isEmpty() ? digits : digits.replace(terminator, ""));
    }
    return says("");
  }

  private void result(String id, String digits) {
    send(
        ConverseRequest.newBuilder()
            .setActionResult(
                ActionResult.newBuilder()
                    .setId(id)
                    .setOutcome(ActionOutcome.ACTION_OUTCOME_DONE)
                    .setDigits(digits)));
  }

  private Answer answer() {
    long begun = System.nanoTime();
    Duration first = Duration.ZERO;
    StringBuilder text = new StringBuilder();
    List<String> actions = new ArrayList<>();
    while (true) {
      ConverseResponse response = next(ANSWER_WITHIN);
      Duration now = Duration.ofNanos(System.nanoTime() - begun);
      switch (response.getMessageCase()) {
        case CLAUSE -> {
          first = text.isEmpty() ? now : first;
          text.append(response.getClause().getText());
        }
        case CLIP -> {
          first = now;
          text.append(response.getClip().getText());
        }
        case ACTION -> actions.add(action(response.getAction()));
        case DONE -> {
          heard(text.toString());
          var done = response.getDone();
          return new Answer(
              text.toString().strip(), done.getRoute(), done.getModel(), first, now, actions, "");
        }
        case FAILED -> {
          var failed = response.getFailed();
          return new Answer(
              text.toString().strip(),
              "",
              "",
              first,
              now,
              actions,
              failed.getProvider() + ": " + failed.getDetail());
        }
        case OPENED, DRAINING, CHECKPOINT, EXTRACTION, MESSAGE_NOT_SET -> {}
      }
    }
  }

  private void heard(String text) {
    send(
        ConverseRequest.newBuilder()
            .setPlayed(Played.newBuilder().setReply(reply).setHeard(text).setComplete(true)));
  }

  private String action(Action action) {
    return switch (action.getActionCase()) {
      case HANG_UP -> "hang_up";
      case TRANSFER -> "transfer";
      case SEND_DTMF -> {
        result(action.getId(), "");
        yield "send_digits";
      }
      case COLLECT_DTMF -> {
        collecting = action;
        yield "collect_digits";
      }
      case ACTION_NOT_SET -> "unknown";
    };
  }

  private void send(ConverseRequest.Builder request) {
    requests.onNext(request.build());
  }

  private ConverseResponse next(Duration within) {
    try {
      ConverseResponse response = responses.poll(within.toMillis(), TimeUnit.MILLISECONDS);
      if (response == null) {
        throw new IllegalStateException("the brain says nothing for " + within.toSeconds() + " s");
      }
      if (response.equals(ConverseResponse.getDefaultInstance())) {
        throw new IllegalStateException("the brain ended the talk" + ended);
      }
      return response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (ended.isEmpty()) {
      send(
          ConverseRequest.newBuilder()
              .setClose(CloseConversation.newBuilder().setReason("hangup")));
      requests.onCompleted();
    }
  }

  private volatile String ended = "";

  private final class Responses implements StreamObserver<ConverseResponse> {
    @Override
    public void onNext(ConverseResponse response) {
      var _ = responses.offer(response);
    }

    @Override
    public void onError(Throwable error) {
      Status status = Status.fromThrowable(error);
      ended = ": " + status.getCode() + " " + status.getDescription();
      var _ = responses.offer(ConverseResponse.getDefaultInstance());
    }

    @Override
    public void onCompleted() {
      ended = ": it was over";
      var _ = responses.offer(ConverseResponse.getDefaultInstance());
    }
  }
}
