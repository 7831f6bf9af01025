/// The port: what any provider of speech does for a call.
@NullMarked
package voiceagent.tts.synthesize;

import org.jspecify.annotations.NullMarked;
