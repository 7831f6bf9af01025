/// One call, and all calls: the session, admission, look-up, drain.
@NullMarked
package voiceagent.gateway.call;

import org.jspecify.annotations.NullMarked;
