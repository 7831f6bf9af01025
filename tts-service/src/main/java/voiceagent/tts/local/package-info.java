/// A voice in this process behind the port: no network, no key.
@NullMarked
package voiceagent.tts.local;

import org.jspecify.annotations.NullMarked;
