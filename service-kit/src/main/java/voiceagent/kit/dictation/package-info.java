/// Speech recognition in this process, by Vosk. A module that uses it names the `vosk` and `jna`
/// libraries and has the build unpack a model; the others carry neither.
@NullMarked
package voiceagent.kit.dictation;

import org.jspecify.annotations.NullMarked;
