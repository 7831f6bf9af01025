/// Settings from environment, .env, files and presets, checked all at once.
@NullMarked
package voiceagent.kit.config;

import org.jspecify.annotations.NullMarked;
