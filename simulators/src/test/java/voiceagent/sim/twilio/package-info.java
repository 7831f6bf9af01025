/// Tests of the simulated Twilio, against a gateway that does as it is told.
@NullMarked
package voiceagent.sim.twilio;

import org.jspecify.annotations.NullMarked;
