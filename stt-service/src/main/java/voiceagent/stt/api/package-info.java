/// The stage's gRPC side: the contract's messages stop here.
@NullMarked
package voiceagent.stt.api;

import org.jspecify.annotations.NullMarked;
