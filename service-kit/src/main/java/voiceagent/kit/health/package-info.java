/// How a container asks its own process whether it is well.
@NullMarked
package voiceagent.kit.health;

import org.jspecify.annotations.NullMarked;
