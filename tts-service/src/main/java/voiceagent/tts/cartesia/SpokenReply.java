package voiceagent.tts.cartesia;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.VoiceChoice;

/// A reply that is being spoken: its clauses, and what of its audio was told, whatever contexts it
/// took. On the session's event loop.
final class SpokenReply {
  final long id;
  final VoiceChoice voice;

  /// When its first clause came, by `System.nanoTime`.
  final long begun;

  /// In order; those before [#done] are complete.
  final List<Clause> clauses = new ArrayList<>();

  private final Consumer<SynthesisEvent> events;

  /// Clauses whose audio is complete.
  int done;

  /// Clauses whose text the living context was given. Those without sound are given with the next
  /// one, though they may be complete before.
  int sent;

  /// Where the audio of the clauses that are complete ends.
  long doneSamples;

  /// Audio told so far. A context that speaks a clause again repeats what lies before it.
  long told;

  /// No clause follows.
  boolean whole;

  /// Characters sent to Cartesia.
  long characters;

  /// Contexts that failed since the last new audio.
  int strikes;

  /// Cartesia refused it once for too many contexts.
  boolean limited;

  String requestId = "";

  /// When Cartesia began to owe audio, by `System.nanoTime`; 0 before.
  long asked;

  /// From the first clause in to the first audio out; -1 before.
  long firstAudioNanos = -1;

  /// The part of it that is not Cartesia's.
  long stageNanos;

  SpokenReply(long id, VoiceChoice voice, long begun, Consumer<SynthesisEvent> events) {
    this.id = id;
    this.voice = voice;
    this.begun = begun;
    this.events = events;
  }

  void tell(SynthesisEvent event) {
    events.accept(event);
  }

  /// All audio of the first clause that was not complete is told, and of those without sound that
  /// follow it.
  ///
  /// @param end first sample after it, since the reply's audio began
  void complete(long end) {
    doneSamples = end;
    strikes = 0;
    do {
      tell(new SynthesisEvent.ClauseDone(id, clauses.get(done).index, end));
      done++;
    } while (done < clauses.size() && !clauses.get(done).isSpeakable());
  }

  /// Completes clauses without sound that nothing stands before.
  void completeSilent() {
    if (done < clauses.size() && !clauses.get(done).isSpeakable()) {
      complete(doneSamples);
    }
  }

  /// The living context is gone: what is not complete has to be sent again.
  void rewind() {
    sent = Math.min(sent, done);
  }

  boolean isComplete() {
    return whole && done == clauses.size();
  }

  /// Whether a clause that can be heard still has to be sent.
  boolean hasUnsent() {
    return clauses.stream().skip(sent).anyMatch(Clause::isSpeakable);
  }
}
