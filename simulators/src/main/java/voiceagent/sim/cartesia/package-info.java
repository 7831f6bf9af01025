/// Cartesia's text to speech, played over its true protocol.
@NullMarked
package voiceagent.sim.cartesia;

import org.jspecify.annotations.NullMarked;
