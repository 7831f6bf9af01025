package voiceagent.gateway.twilio;

import voiceagent.gateway.call.Calls;
import voiceagent.kit.time.Timers;

/// What all webhooks and media streams of a gateway share.
record TwilioParts(
    TwilioConfig config,
    TwilioSignature signature,
    StreamToken tokens,
    Calls calls,
    TwilioMeters meters,
    SocketWatchdog watchdog,
    Timers timers) {}
