/// Start, readiness and drain of one process.
@NullMarked
package voiceagent.kit.service;

import org.jspecify.annotations.NullMarked;
