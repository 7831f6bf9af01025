/// Tests of the demo, with an agent that follows a script.
@NullMarked
package voiceagent.sim.demo;

import org.jspecify.annotations.NullMarked;
