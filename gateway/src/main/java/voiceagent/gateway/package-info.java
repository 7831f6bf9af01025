/// The gateway: `GatewayMain` wires it, in the order of the data path.
@NullMarked
package voiceagent.gateway;

import org.jspecify.annotations.NullMarked;
