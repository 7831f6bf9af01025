/// Groq, or any server that speaks OpenAI's chat completions.
@NullMarked
package voiceagent.brain.groq;

import org.jspecify.annotations.NullMarked;
