/// Whose turn it is: pure decisions.
@NullMarked
package voiceagent.gateway.turn;

import org.jspecify.annotations.NullMarked;
