/// The gRPC edges: servers and channels with deadlines, keepalive and health.
@NullMarked
package voiceagent.kit.grpc;

import org.jspecify.annotations.NullMarked;
