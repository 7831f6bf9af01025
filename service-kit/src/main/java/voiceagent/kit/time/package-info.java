/// Timers that a test can move by hand.
@NullMarked
package voiceagent.kit.time;

import org.jspecify.annotations.NullMarked;
