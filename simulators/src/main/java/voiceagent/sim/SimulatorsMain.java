package voiceagent.sim;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;
import voiceagent.sim.demo.Demo;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.TwilioSimulator;

/// The simulators as one program: `serve` until Ctrl-C, or a `demo` call to a gateway.
public final class SimulatorsMain {
  private static final String USAGE =
      """
      simulators serve                    Twilio, Deepgram, Groq and Cartesia until Ctrl-C, on
                                          SIM_DEEPGRAM_PORT, SIM_GROQ_PORT, SIM_CARTESIA_PORT
                                          and SIM_TWILIO_PORT of SIM_BIND_ADDRESS
      simulators demo GATEWAY_URL [FILE]  the same, and a call to that gateway, whose recording
                                          goes to FILE (demo-call.wav)
      simulators train                    starts and ends: the run that an AOT cache is made of
      """;

  private SimulatorsMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(arguments, System.out, System.err));
  }

  /// @return the exit code: 0 if all went well, 1 if the demo failed or a port is taken, 2 for
  ///   wrong settings or arguments
  static int run(String[] arguments, PrintStream out, PrintStream err) throws InterruptedException {
    String command = arguments.length == 0 ? "" : arguments[0];
    boolean serve = command.equals("serve") && arguments.length == 1;
    boolean demo = command.equals("demo") && (arguments.length == 2 || arguments.length == 3);
    boolean train = command.equals("train") && arguments.length == 1;
    if (!serve && !demo && !train) {
      err.print(USAGE);
      return 2;
    }
    try (Simulators simulators = Simulators.start(Settings.load(SimulatorsMain.class))) {
      if (train) {
        return 0;
      }
      return serve ? serve(simulators, out) : demo(simulators, arguments, out, err);
    } catch (SettingsException e) {
      err.println("The simulators cannot start:");
      e.problems().forEach(p -> err.println("  " + p));
      return 2;
    } catch (UncheckedIOException e) {
      err.println("The simulators cannot start: " + e.getMessage());
      return 1;
    }
  }

  private static int serve(Simulators simulators, PrintStream out) throws InterruptedException {
    out.println("The simulators listen until Ctrl-C:");
    for (Simulators.Running provider : simulators.providers()) {
      row(out, provider.name(), provider.url(), "takes the key " + provider.key());
    }
    row(
        out,
        "Twilio",
        simulators.twilio().url().toString(),
        "REST for the account %s, with the token %s"
            .formatted(TwilioSimulator.ACCOUNT_SID, TwilioSimulator.AUTH_TOKEN));
    out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  private static void row(PrintStream out, String name, String url, String what) {
    out.printf("  %-9s %-34s %s%n", name, url, what);
  }

  private static int demo(
      Simulators simulators, String[] arguments, PrintStream out, PrintStream err)
      throws InterruptedException {
    URI gateway;
    try {
      gateway = new URI(arguments[1]);
    } catch (URISyntaxException e) {
      gateway = URI.create("");
    }
    if (gateway.getHost() == null || !gateway.getScheme().matches("https?")) {
      err.println(
          "GATEWAY_URL is " + arguments[1] + ", expected one such as http://127.0.0.1:7860");
      return 2;
    }
    Path wav = Path.of(arguments.length == 3 ? arguments[2] : "demo-call.wav");
    return new Demo(
            gateway, simulators.twilio(), simulators.events(), Recordings.load()::get, wav, out)
        .run();
  }
}
