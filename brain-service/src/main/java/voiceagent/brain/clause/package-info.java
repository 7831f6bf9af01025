/// A model's tokens to clauses that can be spoken.
@NullMarked
package voiceagent.brain.clause;

import org.jspecify.annotations.NullMarked;
