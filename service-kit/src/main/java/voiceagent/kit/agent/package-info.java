/// Agent files: who answers, what it may do and what it must know.
@NullMarked
package voiceagent.kit.agent;

import org.jspecify.annotations.NullMarked;
