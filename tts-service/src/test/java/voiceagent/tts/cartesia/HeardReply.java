package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import voiceagent.v1.Failed;
import voiceagent.v1.SpeakResponse;
import voiceagent.v1.SpeechDone;
import voiceagent.v1.Word;

/// One reply as a gateway got it. What the contract promises is checked with each message: audio
/// without gap or overlap, clauses in order, nothing after the end.
final class HeardReply {
  final List<Word> words = new ArrayList<>();
  final List<Integer> wordClauses = new ArrayList<>();
  final List<Integer> clausesDone = new ArrayList<>();
  final List<Long> clauseEnds = new ArrayList<>();
  Optional<SpeechDone> done = Optional.empty();
  Optional<Failed> failed = Optional.empty();
  private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
  private final long reply;
  private int clause;

  HeardReply(long reply) {
    this.reply = reply;
  }

  void add(SpeakResponse response) {
    switch (response.getMessageCase()) {
      case AUDIO -> {
        var part = response.getAudio();
        if (part.getReply() == reply) {
          assertThat(part.getOffsetSamples()).as("offset").isEqualTo(audio.size());
          assertThat(part.getAudio().size()).isBetween(1, 32_000);
          assertThat(part.getClause()).as("clause of audio").isGreaterThanOrEqualTo(clause);
          clause = part.getClause();
          audio.writeBytes(part.getAudio().toByteArray());
        }
      }
      case WORDS -> {
        if (response.getWords().getReply() == reply) {
          words.addAll(response.getWords().getWordsList());
          response
              .getWords()
              .getWordsList()
              .forEach(_ -> wordClauses.add(response.getWords().getClause()));
        }
      }
      case CLAUSE_DONE -> {
        if (response.getClauseDone().getReply() == reply) {
          clausesDone.add(response.getClauseDone().getClause());
          clauseEnds.add(response.getClauseDone().getEndOffsetSamples());
        }
      }
      case DONE -> {
        if (response.getDone().getReply() == reply) {
          done = Optional.of(response.getDone());
        }
      }
      case FAILED -> {
        if (response.getFailed().getReply() == reply || response.getFailed().getReply() == 0) {
          failed = Optional.of(response.getFailed());
        }
      }
      case OPENED, DRAINING, MESSAGE_NOT_SET -> {}
    }
  }

  boolean isOver() {
    return done.isPresent() || failed.isPresent();
  }

  byte[] audio() {
    return audio.toByteArray();
  }

  /// The words, joined by spaces.
  String text() {
    return String.join(" ", words.stream().map(Word::getText).toList());
  }
}
