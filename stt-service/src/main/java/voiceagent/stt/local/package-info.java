/// Speech recognition in this process, with no provider: Vosk.
@NullMarked
package voiceagent.stt.local;

import org.jspecify.annotations.NullMarked;
