/// Logs, health and metrics.
@NullMarked
package voiceagent.kit.observe;

import org.jspecify.annotations.NullMarked;
