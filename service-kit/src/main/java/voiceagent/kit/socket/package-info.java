/// WebSocket connections to providers.
@NullMarked
package voiceagent.kit.socket;

import org.jspecify.annotations.NullMarked;
