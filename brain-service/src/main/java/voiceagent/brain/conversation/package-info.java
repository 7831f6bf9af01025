/// What was said and heard in a call, and the prompt made of it.
@NullMarked
package voiceagent.brain.conversation;

import org.jspecify.annotations.NullMarked;
