/// What is kept of a call when it is over: a document in a folder, and at a webhook.
@NullMarked
package voiceagent.gateway.record;

import org.jspecify.annotations.NullMarked;
