/// The HTTP and WebSocket server that the simulators stand on.
@NullMarked
package voiceagent.sim.server;

import org.jspecify.annotations.NullMarked;
