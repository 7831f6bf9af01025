package voiceagent.gateway.call;

import java.util.function.Consumer;
import voiceagent.gateway.observe.CallMeters;
import voiceagent.gateway.playout.Pacer;
import voiceagent.gateway.stage.GrpcStages;
import voiceagent.kit.time.Timers;

/// What all calls of a gateway share.
///
/// @param onEnd told on the call's thread when a call is over
record CallParts(
    GrpcStages stages,
    Pacer pacer,
    Clips clips,
    Timers timers,
    CallMeters meters,
    Consumer<CallSession> onEnd) {}
