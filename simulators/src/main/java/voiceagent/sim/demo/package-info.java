/// A whole call, played and shown to a newcomer.
@NullMarked
package voiceagent.sim.demo;

import org.jspecify.annotations.NullMarked;
