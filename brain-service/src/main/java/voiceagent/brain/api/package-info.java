/// The contract's side: one stream a call, one reply at a time.
@NullMarked
package voiceagent.brain.api;

import org.jspecify.annotations.NullMarked;
