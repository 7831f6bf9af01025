package voiceagent.sim.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Hands each event to whoever listens, on the thread that saw it: listeners must not block.
public final class SimulatorEvents {
  private final List<Consumer<SimulatorEvent>> listeners = new CopyOnWriteArrayList<>();

  /// Adds a listener for all events from now on.
  public void listen(Consumer<SimulatorEvent> listener) {
    listeners.add(listener);
  }

  /// Stamps an event with the time and tells it to all.
  public void tell(String simulator, String kind, String detail) {
    SimulatorEvent event = new SimulatorEvent(System.nanoTime(), simulator, kind, detail);
    listeners.forEach(l -> l.accept(event));
  }
}
