/// Real speech from text, made in this process by FreeTTS: no network, no key, English only.
@NullMarked
package voiceagent.speech;

import org.jspecify.annotations.NullMarked;
