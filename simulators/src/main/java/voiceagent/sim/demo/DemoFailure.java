package voiceagent.sim.demo;

/// A step of the demo that did not happen. The message names it, and what was the case instead.
final class DemoFailure extends Exception {
  DemoFailure(String step, String why) {
    super(step + ": " + why);
  }
}
