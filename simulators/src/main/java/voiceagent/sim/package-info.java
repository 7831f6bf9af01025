/// The simulators as one program.
@NullMarked
package voiceagent.sim;

import org.jspecify.annotations.NullMarked;
