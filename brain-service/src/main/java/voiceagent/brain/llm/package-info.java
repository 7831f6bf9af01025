/// Language models as the brain sees them: which to ask, for how long, at what cost.
@NullMarked
package voiceagent.brain.llm;

import org.jspecify.annotations.NullMarked;
