/// Twilio's side of a call: webhooks, the media stream's socket, REST.
@NullMarked
package voiceagent.gateway.twilio;

import org.jspecify.annotations.NullMarked;
