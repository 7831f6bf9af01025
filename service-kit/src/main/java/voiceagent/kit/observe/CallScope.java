package voiceagent.kit.observe;

import java.util.Optional;

/// Which call the current thread works for, so that each log line can say it.
public final class CallScope {
  private static final ScopedValue<String> CALL = ScopedValue.newInstance();

  private CallScope() {}

  /// Runs work for a call. Threads that it starts do not inherit the scope.
  public static void run(String call, Runnable work) {
    ScopedValue.where(CALL, call).run(work);
  }

  /// The call SID, if the thread works for one.
  public static Optional<String> current() {
    return CALL.isBound() ? Optional.of(CALL.get()) : Optional.empty();
  }
}
