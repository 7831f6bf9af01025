/// Telephone audio: frames and mu-law.
@NullMarked
package voiceagent.kit.audio;

import org.jspecify.annotations.NullMarked;
