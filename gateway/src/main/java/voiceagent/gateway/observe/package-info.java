/// What is measured of a call.
@NullMarked
package voiceagent.gateway.observe;

import org.jspecify.annotations.NullMarked;
