/// The brain without a phone: a talk in the terminal, and scripted talks as tests of an agent.
@NullMarked
package voiceagent.brain.text;

import org.jspecify.annotations.NullMarked;
