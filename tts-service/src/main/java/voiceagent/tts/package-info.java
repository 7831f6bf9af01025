/// Reply text to reply audio: a stage that wraps Cartesia.
@NullMarked
package voiceagent.tts;

import org.jspecify.annotations.NullMarked;
