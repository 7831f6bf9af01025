/// An agent's own sentences as audio: greeting and routed answers.
@NullMarked
package voiceagent.gateway.clip;

import org.jspecify.annotations.NullMarked;
