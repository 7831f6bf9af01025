package voiceagent.sim.speech;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.Mulaw;

class AudioIndexTest {
  private static final int FRAME = 160;

  private final Recordings recordings = Recordings.load();
  private final AudioIndex index = AudioIndex.of(recordings.all());

  private static byte[] silence(int samples) {
    byte[] silence = new byte[samples];
    Arrays.fill(silence, Mulaw.SILENCE);
    return silence;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static String text(List<HeardWord> words) {
    return words.stream().map(HeardWord::text).collect(Collectors.joining(" "));
  }

  @Test
  void eachRecordingIsHeardWordForWordBehindAnyLeadIn() {
    Random random = new Random(7);
    for (Utterance utterance : recordings.all()) {
      int leadIn = random.nextInt(4000);
      List<HeardWord> words =
          index.words(join(silence(leadIn), utterance.mulaw(), silence(random.nextInt(500))));
      assertThat(text(words)).as(utterance.name()).isEqualTo(utterance.transcript());
      for (int i = 0; i < words.size(); i++) {
        SpokenWord known = utterance.words().get(i);
        if (!utterance.name().equals("human_phone")) { // says "five" twice, from one recording
          assertThat(words.get(i).start()).isEqualTo(known.start() + leadIn);
          assertThat(words.get(i).end()).isEqualTo(known.end() + leadIn);
        }
      }
    }
  }

  @Test
  void aWordIsToldAsItsEndPasses() {
    Utterance stop = recordings.get("stop");
    AudioMatcher matcher = index.matcher();
    List<Long> passed = new ArrayList<>();
    for (int at = 0; at < stop.mulaw().length; at += FRAME) {
      byte[] frame =
          Arrays.copyOfRange(stop.mulaw(), at, Math.min(at + FRAME, stop.mulaw().length));
      for (HeardWord word : matcher.add(frame)) {
        assertThat(matcher.position() - word.end()).as(word.text()).isBetween(0L, (long) FRAME);
        passed.add(word.end());
      }
      if (at == 5600) {
        assertThat(matcher.current()).contains(stop);
        assertThat(matcher.wordBegan()).isEqualTo(stop.words().getFirst().start());
      }
    }
    assertThat(passed).containsExactly(stop.words().get(0).end(), stop.words().get(1).end());
    assertThat(matcher.wordBegan()).isEqualTo(matcher.position());
  }

  @Test
  void aLostFrameLosesItsWordAndNoOther() {
    Utterance booking = recordings.get("booking");
    SpokenWord thursday = booking.words().get(6);
    int at = (int) (thursday.start() + thursday.end()) / 2;
    byte[] audio =
        join(
            Arrays.copyOfRange(booking.mulaw(), 0, at),
            Arrays.copyOfRange(booking.mulaw(), at + FRAME, booking.mulaw().length));
    assertThat(text(index.words(audio))).isEqualTo(booking.transcript().replace(" thursday", ""));
  }

  @Test
  void aDoubledFrameGarblesItsWordAndADoubledWordIsHeardTwice() {
    Utterance stop = recordings.get("stop");
    SpokenWord please = stop.words().get(1);
    byte[] audio = stop.mulaw();
    int middle = (int) (please.start() + please.end()) / 2;
    byte[] stutter =
        join(
            Arrays.copyOfRange(audio, 0, middle),
            Arrays.copyOfRange(audio, middle - FRAME, audio.length));
    assertThat(text(index.words(stutter))).isEqualTo("stop");
    int end = (int) please.end() + 40;
    byte[] twice =
        join(
            Arrays.copyOfRange(audio, 0, end),
            Arrays.copyOfRange(audio, (int) please.start() - 40, audio.length));
    assertThat(text(index.words(twice))).isEqualTo("stop please please");
  }

  @Test
  void audioThatWasChangedOrIsUnknownHasNoWords() {
    byte[] quieter = recordings.get("greeting").mulaw().clone();
    for (int i = 0; i < quieter.length; i++) {
      quieter[i] = Mulaw.encode((short) (Mulaw.decode(quieter[i]) * 3 / 4));
    }
    assertThat(index.words(quieter)).isEmpty();
    byte[] hiss = new byte[40_000];
    new Random(1).nextBytes(hiss);
    assertThat(index.words(hiss)).isEmpty();
    assertThat(index.words(silence(40_000))).isEmpty();
    assertThat(index.words(recordings.get("noise").mulaw())).isEmpty();
  }

  @Test
  void whatIsAddedLaterIsFoundByAMatcherThatExists() {
    AudioIndex empty = new AudioIndex();
    AudioMatcher matcher = empty.matcher();
    Utterance hold = recordings.get("hold");
    assertThat(matcher.add(hold.mulaw())).isEmpty();
    empty.add(hold);
    empty.add(hold);
    assertThat(text(matcher.add(hold.mulaw()))).isEqualTo(hold.transcript());
  }

  @Test
  void stretchesSayWhereARecordingLiesAndWhereItIsCut() {
    Utterance hours = recordings.get("hours");
    Utterance noise = recordings.get("noise");
    byte[] half = Arrays.copyOfRange(hours.mulaw(), 0, 16_000);
    List<Stretch> found = index.stretches(join(silence(333), half, noise.mulaw()));
    assertThat(found.getFirst().utterance()).isEqualTo(hours);
    assertThat(found.getFirst().start()).isEqualTo(333);
    assertThat(found.getFirst().end()).isBetween(333L + 16_000, 333L + 16_010);
    assertThat(found.getLast().utterance()).isEqualTo(noise);
    assertThat(found.getLast().end()).isEqualTo(333 + 16_000 + noise.mulaw().length);
  }
}
