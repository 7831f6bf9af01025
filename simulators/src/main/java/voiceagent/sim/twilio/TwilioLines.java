package voiceagent.sim.twilio;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.Map;
import voiceagent.kit.time.Timers;

/// What a call needs of the simulator that runs it. Any thread.
interface TwilioLines {
  /// The loop that runs a new call.
  EventLoop loop();

  FrameClock clock();

  Timers timers();

  Webhooks webhooks();

  /// How called parties behave.
  CalledParties outbound();

  void tell(String kind, String detail);

  /// Tells a status callback, perhaps twice.
  void callBack(Hosts hosts, URI url, Map<String, String> form);

  /// The call is over.
  void ended(PhoneCall call);
}
