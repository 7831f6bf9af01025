/// Twilio: calls, Media Streams and the REST API, played over their true protocols.
///
/// [TwilioSimulator] runs calls ([PhoneCall]): it asks webhooks, runs TwiML ([TwimlRun]) and keeps
/// media streams ([MediaStream]), in which [CallerVoice] speaks and [Playback] plays by the wall
/// clock. A test is the [Caller]; afterwards [CallRecording] is the truth of what was heard.
@NullMarked
package voiceagent.sim.twilio;

import org.jspecify.annotations.NullMarked;
