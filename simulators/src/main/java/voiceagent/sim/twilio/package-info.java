/// Twilio: calls, Media Streams and the REST API, played over their true protocols.
@NullMarked
package voiceagent.sim.twilio;

import org.jspecify.annotations.NullMarked;
