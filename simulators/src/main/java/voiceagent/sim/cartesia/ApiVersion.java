package voiceagent.sim.cartesia;

import java.util.List;

/// A version of the API, by its date. It decides the shape of errors and of `voice`.
record ApiVersion(String date) {
  private static final List<String> KNOWN =
      List.of("2024-06-10", "2024-11-13", "2025-04-16", "2025-11-04", "2026-03-01", "2026-08-14");

  static ApiVersion of(String date) throws Refusal {
    if (!KNOWN.contains(date)) {
      throw new Refusal(
          400,
          "invalid_version",
          "Invalid version",
          "Cartesia-Version is " + date + ", expected one of " + String.join(", ", KNOWN));
    }
    return new ApiVersion(date);
  }

  /// Errors have code, title and request id; before, one sentence.
  boolean structuredErrors() {
    return date.compareTo("2026-03-01") >= 0;
  }

  /// A voice may be given as its id alone.
  boolean plainVoice() {
    return date.compareTo("2026-08-14") >= 0;
  }
}
