package voiceagent.tts.cartesia;

import java.util.Set;

/// Who has to act on an error of Cartesia's.
final class Failures {
  private static final int LIMITED = 429;
  private static final Set<Integer> ACCOUNT = Set.of(401, 402, 403);
  private static final Set<Integer> REQUEST = Set.of(400, 404, 422);

  private Failures() {}

  /// Too much at once: passes by itself.
  static boolean isLimit(CartesiaMessage.Failure failure) {
    return failure.status() == LIMITED || failure.code().equals("concurrency_limited");
  }

  /// Key or credits: every request would fail.
  static boolean isAccount(CartesiaMessage.Failure failure) {
    return ACCOUNT.contains(failure.status());
  }

  /// The same request would fail again.
  ///
  /// @param begun whether the context gave audio before: then its parameters are right, and the
  ///   error comes of its state
  static boolean isPermanent(CartesiaMessage.Failure failure, boolean begun) {
    return isAccount(failure)
        || failure.code().startsWith("model_")
        || failure.code().startsWith("voice_")
        || (!begun && REQUEST.contains(failure.status()));
  }
}
