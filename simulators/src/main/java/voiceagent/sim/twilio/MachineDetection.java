package voiceagent.sim.twilio;

import java.net.URI;
import java.util.Optional;

/// How a call through REST wants to know who answered. Source: twilio-oai, `MachineDetection`.
///
/// @param callback told of it while the call goes on; empty: the call waits for it
record MachineDetection(Optional<URI> callback) {}
