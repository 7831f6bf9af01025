package voiceagent.brain.api;

import java.util.List;
import java.util.Set;
import voiceagent.brain.conversation.CheckpointCodec;
import voiceagent.brain.conversation.Conversation;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ToolCall;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.v1.ConverseResponse;

/// One call's conversation as heard, and the agent that leads it. The gateway's messages change it
/// on an event loop, replies on threads of their own: all of it takes this object's monitor. After
/// each change that another replica would have to know the gateway is told a checkpoint.
final class Talk {
  private final String call;
  private final Conversation conversation;
  private final ServerStream<ConverseResponse> stream;
  private final CallExtraction extraction;
  private CallAgent agent;
  private long held;

  Talk(
      String call,
      CallAgent agent,
      Conversation conversation,
      BrainParts parts,
      ServerStream<ConverseResponse> stream) {
    this.call = call;
    this.agent = agent;
    this.conversation = conversation;
    this.stream = stream;
    extraction = new CallExtraction(parts.extractor(), stream);
  }

  String call() {
    return call;
  }

  synchronized CallAgent agent() {
    return agent;
  }

  /// From now on another agent leads, or the same with other variables.
  synchronized void ledBy(CallAgent next) {
    agent = next;
  }

  /// Whether there are keys or a result that no answer has followed.
  synchronized boolean awaitsAnswer() {
    return conversation.awaitsAnswer();
  }

  /// @return the prompt, with the text
  synchronized List<ChatMessage> asked(long turn, long reply, String text, boolean speculative) {
    conversation.asked(turn, reply, text, speculative);
    return prompt();
  }

  synchronized void committed(long reply) {
    conversation.committed(reply);
  }

  synchronized void heard(long reply, String text, boolean complete) {
    conversation.heard(reply, text, complete);
    tellHeld();
    if (complete) {
      extraction.answered(call, agent, conversation);
    }
  }

  synchronized void pressed(String digits) {
    conversation.pressed(digits);
    tellHeld();
  }

  /// What came of something that the gateway did.
  ///
  /// @return false if nothing of that id waits
  synchronized boolean resulted(String id, String words) {
    boolean waited = conversation.settled(id, words);
    tellHeld();
    return waited;
  }

  /// A reply uses a tool.
  synchronized void called(long reply, ToolCall tool, String id, boolean action) {
    conversation.called(reply, tool, id, action);
    tell();
  }

  /// What came of a tool.
  ///
  /// @return the prompt that goes on with it
  synchronized List<ChatMessage> settled(String id, String result) {
    conversation.settled(id, result);
    tell();
    return prompt();
  }

  /// Tools of a reply that nobody waits for any more; the gateway is not told: nothing is lost if
  /// another replica finds them open.
  ///
  /// @param kept ids of those that the gateway still does
  synchronized void abandoned(long reply, Set<String> kept) {
    for (String id : conversation.unsettled(reply)) {
      if (!kept.contains(id)) {
        conversation.settled(id, "cancelled: the caller went on");
      }
    }
  }

  synchronized List<ChatMessage> prompt() {
    return agent.prompt().messages(conversation);
  }

  /// The call is over: what the agent file wants extracted comes last, then the task runs. Nothing
  /// of the conversation is in it that was not heard.
  synchronized void over(Runnable then) {
    extraction.over(call, agent, conversation, then);
  }

  /// One more of what the gateway sends again to another replica until a checkpoint has counted it.
  private void tellHeld() {
    held++;
    tell();
  }

  private void tell() {
    stream.send(Answers.checkpoint(CheckpointCodec.encode(conversation), held));
  }
}
