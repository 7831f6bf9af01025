/// Cartesia behind the port: its messages, its socket, and what is done when they fail.
@NullMarked
package voiceagent.tts.cartesia;

import org.jspecify.annotations.NullMarked;
