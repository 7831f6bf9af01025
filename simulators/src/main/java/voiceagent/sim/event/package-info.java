/// What the simulators saw and did, for tests and for the demo.
@NullMarked
package voiceagent.sim.event;

import org.jspecify.annotations.NullMarked;
