/// Deepgram's streaming API, played over its true protocol.
@NullMarked
package voiceagent.sim.deepgram;

import org.jspecify.annotations.NullMarked;
