package voiceagent.gateway.call;

import java.util.function.BiConsumer;
import voiceagent.gateway.clip.AgentClips;
import voiceagent.gateway.clip.ClipCache;
import voiceagent.gateway.observe.CallMeters;
import voiceagent.gateway.playout.Pacer;
import voiceagent.gateway.record.CallRecords;
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
    Checkpoints checkpoints,
    CallRecords records,
    AgentClips agentClips,
    ClipCache clipCache,
    CallMeters meters,
    BiConsumer<CallSession, CallOutcome> onEnd) {}
