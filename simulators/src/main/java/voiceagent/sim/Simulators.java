package voiceagent.sim;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import voiceagent.kit.config.Ports;
import voiceagent.kit.config.Settings;
import voiceagent.sim.cartesia.CartesiaSimulator;
import voiceagent.sim.deepgram.DeepgramSimulator;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.GroqSimulator;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.twilio.TwilioSimulator;

/// All simulators, running in this process.
///
/// @param providers in the order of a call
record Simulators(SimulatorEvents events, TwilioSimulator twilio, List<Running> providers)
    implements AutoCloseable {
  /// The simulators of the stages' providers, in the order of a call.
  private static final List<Provider> PROVIDERS =
      List.of(
          (ports, events) -> {
            var deepgram = new DeepgramSimulator(ports.deepgram(), events);
            return new Running("Deepgram", deepgram.url(), DeepgramSimulator.KEY, deepgram);
          },
          (ports, events) -> {
            var groq = GroqSimulator.start(ports.groq(), events);
            return new Running("Groq", groq.url(), GroqSimulator.KEY, groq);
          },
          (ports, events) -> {
            var cartesia = CartesiaSimulator.start(ports.cartesia(), events);
            return new Running("Cartesia", cartesia.url(), CartesiaSimulator.KEY, cartesia);
          });

  /// Starts the simulator of one provider that the stages talk to.
  interface Provider {
    Running start(SimulatorPorts ports, SimulatorEvents events);
  }

  /// One of them, running.
  ///
  /// @param url what the service's setting is set to
  /// @param key that it takes
  record Running(String name, String url, String key, AutoCloseable simulator) {}

  /// The `SIM_…_PORT` settings.
  record SimulatorPorts(int deepgram, int groq, int cartesia, int twilio) {
    static SimulatorPorts from(Settings settings) {
      return new SimulatorPorts(
          settings.port("SIM_DEEPGRAM_PORT"),
          settings.port("SIM_GROQ_PORT"),
          settings.port("SIM_CARTESIA_PORT"),
          settings.port("SIM_TWILIO_PORT"));
    }
  }

  /// Opens all ports.
  ///
  /// @throws voiceagent.kit.config.SettingsException telling all mistakes at once
  /// @throws java.io.UncheckedIOException if a port is taken
  static Simulators start(Settings settings) {
    SimulatorPorts ports = SimulatorPorts.from(settings);
    InetAddress address =
        Ports.address(settings, "SIM_BIND_ADDRESS", "SIM_TWILIO_PORT").getAddress();
    settings.check();
    return SimulatorServer.listeningOn(address, () -> start(ports));
  }

  private static Simulators start(SimulatorPorts ports) {
    SimulatorEvents events = new SimulatorEvents();
    List<Running> providers = new ArrayList<>();
    try {
      PROVIDERS.forEach(p -> providers.add(p.start(ports, events)));
      return new Simulators(
          events, TwilioSimulator.start(ports.twilio(), events), List.copyOf(providers));
    } catch (RuntimeException e) {
      providers.forEach(Simulators::end);
      throw e;
    }
  }

  @Override
  public void close() {
    twilio.close();
    providers.forEach(Simulators::end);
  }

  private static void end(Running running) {
    try {
      running.simulator().close();
    } catch (Exception e) {
      throw new IllegalStateException(running.name() + " does not end", e);
    }
  }
}
