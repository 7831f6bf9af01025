/// Written text as it is spoken.
@NullMarked
package voiceagent.kit.text;

import org.jspecify.annotations.NullMarked;
