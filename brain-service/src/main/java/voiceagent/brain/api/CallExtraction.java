package voiceagent.brain.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import voiceagent.brain.conversation.Conversation;
import voiceagent.brain.extract.Extractor;
import voiceagent.kit.agent.ExtractionSpec;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.kit.observe.CallScope;
import voiceagent.v1.ConverseResponse;

/// Takes out of one call's conversation what its agent file wants, on threads of its own: after
/// answers, one at a time, and when the call is over.
final class CallExtraction {
  private static final Logger LOG = System.getLogger(CallExtraction.class.getName());

  private final Optional<Extractor> extractor;
  private final ServerStream<ConverseResponse> stream;
  private final AtomicBoolean running = new AtomicBoolean();

  /// @param extractor empty: nothing is taken out
  CallExtraction(Optional<Extractor> extractor, ServerStream<ConverseResponse> stream) {
    this.extractor = extractor;
    this.stream = stream;
  }

  /// An answer was heard to its end. What is heard while a document is made is in the next.
  void answered(String call, CallAgent agent, Conversation conversation) {
    spec(agent, conversation)
        .filter(ExtractionSpec::during)
        .filter(_ -> running.compareAndSet(false, true))
        .ifPresent(s -> extract(call, s, conversation.transcript(), () -> running.set(false)));
  }

  /// The call is over: the task runs when there is nothing more to come, at once perhaps.
  void over(String call, CallAgent agent, Conversation conversation, Runnable then) {
    spec(agent, conversation)
        .ifPresentOrElse(s -> extract(call, s, conversation.transcript(), then), then);
  }

  private Optional<ExtractionSpec> spec(CallAgent agent, Conversation conversation) {
    return agent.extraction().filter(_ -> extractor.isPresent() && conversation.hasCaller());
  }

  private void extract(String call, ExtractionSpec spec, String transcript, Runnable then) {
    var _ =
        Thread.ofVirtual()
            .name("extraction")
            .start(() ->
                CallScope.run(
                    call,
                    () -> {
                      try {
                        extractor
                            .flatMap(e -> e.extract(spec, transcript))
                            .ifPresent(json -> stream.send(Answers.extraction(spec.name(), json)));
                      } catch (RuntimeException e) {
                        LOG.log(Level.ERROR, "the extraction failed", e);
                      }
                      then.run();
                    }));
  }
}
