/// The gateway's side of the contract, for text mode.
@NullMarked
package voiceagent.brain.text.stage;

import org.jspecify.annotations.NullMarked;
