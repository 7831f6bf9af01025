/// The gRPC face: streams of calls in, audio out.
@NullMarked
package voiceagent.tts.api;

import org.jspecify.annotations.NullMarked;
