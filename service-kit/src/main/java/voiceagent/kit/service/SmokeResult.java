package voiceagent.kit.service;

import voiceagent.kit.socket.ProviderException;

/// What a service found when it asked its provider whether calls would work.
///
/// @param provider its name, for people
/// @param good whether they would
/// @param finding a sentence: what was found, and if it is not good what to do about it
public record SmokeResult(String provider, boolean good, String finding) {
  public static SmokeResult good(String provider, String finding) {
    return new SmokeResult(provider, true, finding);
  }

  public static SmokeResult bad(String provider, String finding) {
    return new SmokeResult(provider, false, finding);
  }

  /// What a refusal means, and what to do about it.
  ///
  /// @param provider "Deepgram", whose settings begin with `DEEPGRAM`
  public static SmokeResult refused(String provider, ProviderException refusal) {
    return refused(provider, refusal.status(), String.valueOf(refusal.getMessage()));
  }

  /// What a refusal means, and what to do about it.
  ///
  /// @param status of HTTP; 0 without an answer
  /// @param words the provider's, or those of the failure
  public static SmokeResult refused(String provider, int status, String words) {
    String name = provider.toUpperCase(java.util.Locale.ROOT);
    String advice =
        switch (status) {
          case 0 ->
              "cannot be reached. Check that this machine may open connections to it (firewall,"
                  + " proxy, DNS), and "
                  + name
                  + "_URL or "
                  + name
                  + "_BASE_URL if you have set it";
          case 401, 403 ->
              "does not take the key. Copy "
                  + name
                  + "_API_KEY again from its console; keys are"
                  + " revoked there too";
          case 402 -> "says that the account has no credit. Top it up in its console";
          case 404 -> "does not know what was asked for. Check the model, the voice and the URL";
          case 429 ->
              "says that the account's limit is reached. Wait a minute and ask again; if it comes"
                  + " back, raise the limit or run fewer calls";
          default ->
              status >= 500
                  ? "has trouble of its own. Look at its status page and ask again later"
                  : "refuses the request. Check the settings that begin with " + name;
        };
    return bad(provider, advice + ". It said: " + words);
  }

  @Override
  public String toString() {
    return provider + ": " + (good ? "OK. " : "FAILED. ") + finding;
  }
}
