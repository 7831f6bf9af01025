/// Caller audio to speech events: a stage that wraps a speech recogniser.
@NullMarked
package voiceagent.stt;

import org.jspecify.annotations.NullMarked;
