/// What a model may have done: actions of the gateway's, and requests to servers.
@NullMarked
package voiceagent.brain.tool;

import org.jspecify.annotations.NullMarked;
