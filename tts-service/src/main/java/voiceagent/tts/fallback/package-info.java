/// Another voice when the provider's is gone.
@NullMarked
package voiceagent.tts.fallback;

import org.jspecify.annotations.NullMarked;
