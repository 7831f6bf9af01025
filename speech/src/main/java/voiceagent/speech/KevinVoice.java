package voiceagent.speech;

import com.sun.speech.freetts.FreeTTSSpeakableImpl;
import com.sun.speech.freetts.Item;
import com.sun.speech.freetts.ProcessException;
import com.sun.speech.freetts.Relation;
import com.sun.speech.freetts.Token;
import com.sun.speech.freetts.Utterance;
import com.sun.speech.freetts.UtteranceProcessor;
import com.sun.speech.freetts.Voice;
import com.sun.speech.freetts.en.us.cmu_us_kal.KevinVoiceDirectory;
import com.sun.speech.freetts.relp.LPCResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// FreeTTS's voice kevin16. It has one state: for one thread at a time. Making one takes 100 ms.
final class KevinVoice {
  /// Of the 0.2 s of silence with which FreeTTS begins, so much is cut.
  private static final int LEAD_CUT = 1360;

  private final Voice voice =
      Arrays.stream(new KevinVoiceDirectory().getVoices())
          .filter(v -> v.getName().equals("kevin16"))
          .findFirst()
          .orElseThrow();

  KevinVoice() {
    synchronized (KevinVoice.class) {
      voice.allocate(); // FreeTTS reads its lexicon through static fields
    }
  }

  /// Speaks written words, sentence by sentence.
  ///
  /// @param speed 1 is the voice's own pace
  Track speak(List<String> written, float speed) {
    voice.setDurationStretch(1 / speed);
    Track track = new Track(written.size());
    List<Token> tokens = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    String before = "";
    for (int i = 0; i < written.size(); i++) {
      Pronunciation spoken = Pronunciation.of(written.get(i), before);
      before = written.get(i);
      for (String word : spoken.tokens()) {
        tokens.add(token(word));
        owners.add(i);
      }
      if (!tokens.isEmpty() && !spoken.pause().isEmpty()) {
        tokens.getLast().setPostpunctuation(spoken.pause());
      }
      boolean ends = spoken.pause().equals(".") || spoken.pause().equals("?");
      if (!tokens.isEmpty() && (ends || i == written.size() - 1)) {
        sentence(tokens, owners, track);
        tokens.clear();
        owners.clear();
      }
    }
    return track;
  }

  void close() {
    voice.deallocate();
  }

  private static Token token(String word) {
    Token token = new Token();
    token.setWhitespace(" ");
    token.setPrepunctuation("");
    token.setWord(word);
    token.setPostpunctuation("");
    return token;
  }

  private void sentence(List<Token> tokens, List<Integer> owners, Track track) {
    Utterance utterance = new Utterance(voice, List.copyOf(tokens));
    utterance.setSpeakable(new FreeTTSSpeakableImpl(""));
    utterance.setFirst(true);
    utterance.setLast(true);
    try {
      for (Object processor : voice.getUtteranceProcessors()) {
        ((UtteranceProcessor) processor).processUtterance(utterance);
      }
    } catch (ProcessException e) {
      throw new IllegalStateException("FreeTTS can not say a sentence", e);
    }
    short[] samples =
        Downsampler.halve(((LPCResult) utterance.getObject("target_lpcres")).getWaveSamples());
    int cut = track.isEmpty() ? Math.min(LEAD_CUT, samples.length) : 0;
    long origin = track.length() - cut;
    Item token = utterance.getRelation(Relation.TOKEN).getHead();
    for (int i = 0; token != null && i < owners.size(); i++) {
      times(token, owners.get(i), origin, track);
      token = token.getNext();
    }
    track.add(samples, cut);
  }

  /// A token's daughters are its words, whose segments hang below syllables; the feature "end" of a
  /// segment is in seconds since its utterance began. Source: FreeTTS, class `Segmenter`.
  private static void times(Item token, int owner, long origin, Track track) {
    for (Item word = token.getDaughter(); word != null; word = word.getNext()) {
      Item syllables = word.getItemAs(Relation.SYLLABLE_STRUCTURE);
      if (syllables == null || !syllables.hasDaughters()) {
        continue;
      }
      Item first = syllables.getDaughter().getDaughter().getItemAs(Relation.SEGMENT);
      Item last = syllables.getLastDaughter().getLastDaughter().getItemAs(Relation.SEGMENT);
      Item before = first.getPrevious();
      long start = before == null ? 0 : samples(before);
      track.word(owner, origin + start, origin + samples(last));
    }
  }

  /// Where a segment ends.
  private static long samples(Item segment) {
    return Math.round(segment.getFeatures().getFloat("end") * 8000.0);
  }
}
