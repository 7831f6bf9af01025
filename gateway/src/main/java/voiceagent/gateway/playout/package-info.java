/// The agent's audio on its way to the carrier, and what the caller heard of it.
@NullMarked
package voiceagent.gateway.playout;

import org.jspecify.annotations.NullMarked;
