package voiceagent.gateway.stage;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import voiceagent.v1.Checkpoint;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.OpenConversation;

/// What another replica, or another gateway, has to be told to go on with a conversation: the
/// brain's last checkpoint, and what was sent and is not in it. On the call's thread.
final class Unconfirmed {
  private static final Logger LOG = System.getLogger(Unconfirmed.class.getName());

  /// Full: the oldest is forgotten; a brain of that sort sends no checkpoints.
  private static final int MOST = 200;

  private final Deque<ConverseRequest> requests = new ArrayDeque<>();
  private ByteString checkpoint = ByteString.EMPTY;

  /// How many of those that a checkpoint counts were sent on this stream and are forgotten.
  private long confirmed;

  /// @param resumable by [#resumable], perhaps another gateway's; empty for a new call
  Unconfirmed(byte[] resumable) {
    try (ByteArrayInputStream bytes = new ByteArrayInputStream(resumable)) {
      OpenConversation conversation = OpenConversation.parseDelimitedFrom(bytes);
      checkpoint = conversation == null ? ByteString.EMPTY : conversation.getCheckpoint();
      for (ConverseRequest request = ConverseRequest.parseDelimitedFrom(bytes);
          request != null;
          request = ConverseRequest.parseDelimitedFrom(bytes)) {
        requests.addLast(request);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the conversation so far cannot be read, it begins anew");
    }
  }

  /// The last one; empty if there was none.
  ByteString checkpoint() {
    return checkpoint;
  }

  /// What is not in it, in order.
  List<ConverseRequest> requests() {
    return List.copyOf(requests);
  }

  /// Whether the checkpoint holds all that was sent.
  boolean isEmpty() {
    return requests.isEmpty();
  }

  void add(ConverseRequest request) {
    if (requests.size() == MOST) {
      forgetOldest();
    }
    requests.addLast(request);
  }

  /// A stream begins, on which all of it is sent.
  void sentAgain() {
    confirmed = 0;
  }

  /// What the checkpoint holds need not be sent again, but for a question that has no answer yet.
  ///
  /// @param isOpen whether a reply is still being made
  void confirm(Checkpoint told, LongPredicate isOpen) {
    checkpoint = told.getState();
    long held = told.hasHeld() ? told.getHeld() : confirmed + 1;
    while (confirmed < held && !requests.isEmpty()) {
      ConverseRequest oldest = requests.getFirst();
      if (oldest.hasUtterance() && isOpen.test(oldest.getUtterance().getReply())) {
        return;
      }
      forgetOldest();
    }
  }

  private void forgetOldest() {
    if (!requests.removeFirst().hasUtterance()) {
      confirmed++;
    }
  }

  /// All of it as bytes.
  ///
  /// @param last what is known by now and not told yet
  byte[] resumable(Optional<ConverseRequest> last) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      OpenConversation.newBuilder().setCheckpoint(checkpoint).build().writeDelimitedTo(bytes);
      for (ConverseRequest request : requests) {
        request.writeDelimitedTo(bytes);
      }
      if (last.isPresent()) {
        last.get().writeDelimitedTo(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
