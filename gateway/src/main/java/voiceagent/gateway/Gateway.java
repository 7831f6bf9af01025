package voiceagent.gateway;

import io.helidon.webserver.WebServer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import voiceagent.gateway.call.CallRegistry;
import voiceagent.gateway.call.Checkpoints;
import voiceagent.gateway.call.Clips;
import voiceagent.gateway.clip.ClipCache;
import voiceagent.gateway.playout.Pacer;
import voiceagent.gateway.playout.PlayoutMeters;
import voiceagent.gateway.record.CallRecords;
import voiceagent.gateway.stage.GrpcStages;
import voiceagent.gateway.twilio.TwilioEndpoints;
import voiceagent.kit.config.Ports;
import voiceagent.kit.observe.Observe;
import voiceagent.kit.service.Service;
import voiceagent.kit.time.Timers;

/// A running gateway, wired in the order of the data path.
public final class Gateway implements Service {
  private static final System.Logger LOG = System.getLogger(Gateway.class.getName());

  /// Longest webhook body. Twilio's are about 1 KB.
  private static final long MAX_FORM_BYTES = 64 * 1024;

  private static final Duration REHEARSE_AGAIN = Duration.ofMillis(200);

  /// A drain waits so long for what is taken out of the last calls, and sent to the webhook.
  private static final Duration RECORDS_WITHIN = Duration.ofSeconds(10);

  private final Timers timers = Timers.system("gateway");
  private final GrpcStages stages;
  private final Pacer pacer;
  private final Checkpoints checkpoints;
  private final ClipCache clips;
  private final CallRecords records;
  private final CallRegistry calls;
  private final TwilioEndpoints twilio;
  private final WebServer server;
  private volatile boolean rehearsed;
  private volatile boolean draining;

  Gateway(GatewayConfig config) {
    stages = new GrpcStages(config.stages(), timers);
    pacer = new Pacer(config.lead(), new PlayoutMeters());
    checkpoints = config.checkpoints();
    clips = new ClipCache(config.clips(), stages.studio());
    clips.prepare(config.agents().all(), Clips.Name.texts());
    records = new CallRecords(config.records(), timers);
    calls =
        new CallRegistry(
            config.calls(),
            config.agents(),
            records,
            stages,
            pacer,
            new Clips(),
            clips,
            checkpoints,
            timers);
    twilio = new TwilioEndpoints(config.twilio(), calls, timers);
    TwilioEndpoints.rehearse(pacer);
    server = Ports.bind("PORT", config.address(), () -> listen(config));
    LOG.log(Level.INFO, "gateway on {0}, waiting for the stages", String.valueOf(port()));
    var _ = Thread.ofVirtual().name("rehearsal").start(this::rehearse);
    if (!config.twilio().validateSignatures()) {
      LOG.log(Level.WARNING, "TWILIO_VALIDATE_SIGNATURES is false: anybody may place calls");
    }
  }

  /// The port that was opened.
  public int port() {
    return server.port();
  }

  @Override
  public int healthPort() {
    return port();
  }

  /// Calls whose stream is live.
  public int calls() {
    return calls.live();
  }

  @Override
  public void drain(Duration grace) {
    draining = true;
    calls.drain(grace);
    records.drain(RECORDS_WITHIN);
    server.stop();
    twilio.close();
    pacer.close();
    clips.close();
    stages.close();
    checkpoints.close();
    records.close();
    timers.close();
  }

  /// Ready is who has reserved a call in all stages once; a stage that goes later is the calls'
  /// concern.
  private void rehearse() {
    try {
      while (!draining && !calls.rehearse()) {
        Thread.sleep(REHEARSE_AGAIN);
      }
      rehearsed = true;
      LOG.log(Level.INFO, "gateway ready");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private WebServer listen(GatewayConfig config) {
    return WebServer.builder()
        .address(config.address().getAddress())
        .port(config.address().getPort())
        .maxPayloadSize(MAX_FORM_BYTES)
        .shutdownHook(false)
        .addFeature(Observe.feature(() -> rehearsed && !draining))
        .addProtocol(TwilioEndpoints.protocol())
        .routing(http -> {
          twilio.webhooks(http);
          Observe.routes(http);
        })
        .addRouting(twilio.streams())
        .build()
        .start();
  }
}
