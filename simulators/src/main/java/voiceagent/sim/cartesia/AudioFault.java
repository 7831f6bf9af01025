package voiceagent.sim.cartesia;

/// What goes wrong in a context, once so many samples of its audio were sent.
record AudioFault(Kind kind, int afterSamples) {
  enum Kind {
    CUT,
    STALL,
    FAIL,
    END
  }
}
