/// Questions that have a fixed answer, known by their likeness to examples.
@NullMarked
package voiceagent.brain.route;

import org.jspecify.annotations.NullMarked;
