/// The brain stage: utterance to reply text.
@NullMarked
package voiceagent.brain;

import org.jspecify.annotations.NullMarked;
