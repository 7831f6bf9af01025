package voiceagent.sim.twilio;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells from what the carrier gets and plays when the agent speaks, when it has finished, and when
/// its audio came too late.
///
/// An utterance begins with audio after quiet, or with the first mark of another reply: marks that
/// are called `r<reply>.<n>` name their reply, and follow its first frame. It is over after a
/// second without audio, or with a clear. Positions are samples on the call's timeline. One thread.
final class AgentSpeech {
  /// A dry spell of this length ends an utterance; a shorter one within a reply is an underrun.
  static final long QUIET_SAMPLES = 8000;

  private static final Pattern MARK = Pattern.compile("r(\\d+)\\.\\d+");

  /// Told in order.
  interface Listener {
    void speaks(long at);

    void quiet(long at);

    /// The buffer ran dry within a reply.
    void underrun(long from, long to);
  }

  private record DrySpell(long from, long to) {}

  private final Listener listener;
  private boolean speaking;
  private String reply = "";
  private boolean replyKnown;
  private @Nullable DrySpell suspect;
  private long lastAudio;

  AgentSpeech(Listener listener) {
    this.listener = listener;
  }

  /// Audio came.
  ///
  /// @param at where it will be played
  /// @param drySince since when the buffer was empty; `at` if it was not
  void audio(long at, long drySince) {
    if (speaking && at - drySince >= QUIET_SAMPLES) {
      finish(drySince);
    }
    if (!speaking) {
      speaking = true;
      replyKnown = false;
      listener.speaks(at);
    } else if (at > drySince) {
      settle();
      suspect = new DrySpell(drySince, at);
    }
    lastAudio = at;
  }

  /// A mark came behind that audio.
  void mark(String name) {
    Matcher named = MARK.matcher(name);
    String of = named.matches() ? named.group(1) : "";
    if (!speaking) {
      return;
    }
    if (replyKnown && !of.equals(reply)) {
      DrySpell between = suspect;
      suspect = null;
      finish(between == null ? lastAudio : between.from());
      speaking = true;
      listener.speaks(lastAudio);
    }
    settle();
    reply = of;
    replyKnown = true;
  }

  /// What was not played was thrown away.
  void cleared(long at) {
    if (speaking) {
      finish(at);
    }
  }

  /// The buffer is empty.
  void dry(long since, long now) {
    if (speaking && now - since >= QUIET_SAMPLES) {
      finish(since);
    }
  }

  private void finish(long at) {
    settle();
    speaking = false;
    listener.quiet(at);
  }

  private void settle() {
    DrySpell spell = suspect;
    if (spell != null) {
      suspect = null;
      listener.underrun(spell.from(), spell.to());
    }
  }
}
