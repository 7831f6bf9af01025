/// What a recogniser is to this stage, and when a caller's turn is over.
@NullMarked
package voiceagent.stt.recognize;

import org.jspecify.annotations.NullMarked;
