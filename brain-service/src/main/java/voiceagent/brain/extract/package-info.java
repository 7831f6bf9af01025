/// Documents taken out of a conversation.
@NullMarked
package voiceagent.brain.extract;

import org.jspecify.annotations.NullMarked;
