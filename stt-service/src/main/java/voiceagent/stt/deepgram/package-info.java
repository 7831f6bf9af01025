/// Deepgram's streaming API as a recogniser.
@NullMarked
package voiceagent.stt.deepgram;

import org.jspecify.annotations.NullMarked;
