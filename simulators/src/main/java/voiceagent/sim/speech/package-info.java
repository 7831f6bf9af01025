/// Recordings with their transcripts, and real speech both ways with no network.
@NullMarked
package voiceagent.sim.speech;

import org.jspecify.annotations.NullMarked;
