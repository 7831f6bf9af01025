/// The three stages as the call sees them.
@NullMarked
package voiceagent.gateway.stage;

import org.jspecify.annotations.NullMarked;
