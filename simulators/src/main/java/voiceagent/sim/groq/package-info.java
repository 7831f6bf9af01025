/// Groq's chat completions, played over their true protocol.
@NullMarked
package voiceagent.sim.groq;

import org.jspecify.annotations.NullMarked;
