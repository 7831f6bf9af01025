/// Whole calls through all services, and the rules of the packages.
@NullMarked
package voiceagent.e2e;

import org.jspecify.annotations.NullMarked;
