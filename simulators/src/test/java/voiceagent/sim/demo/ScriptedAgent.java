package voiceagent.sim.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.PeerListener;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;

/// A gateway whose agent answers each stretch of sound with another one, long for the second.
final class ScriptedAgent implements AutoCloseable {
  /// What an agent does when it is interrupted.
  enum Manners {
    FALLS_SILENT,
    HEARS_NOTHING,
    SPEAKS_ON
  }

  private static final int PAUSE_FRAMES = 15;
  private static final int INTERRUPTION_FRAMES = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SimulatorServer server = new SimulatorServer("TEST_PORT", 0, this::route);
  private final SimulatorEvents events;
  private final Manners manners;

  ScriptedAgent(SimulatorEvents events, Manners manners) {
    this.events = events;
    this.manners = manners;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  private CompletionStage<Answer> route(Request request) {
    return CompletableFuture.completedFuture(
        switch (request.path()) {
          case "/health/ready" -> new Answer.Whole(200, Map.of(), "");
          case "/metrics" ->
              new Answer.Whole(
                  200,
                  Map.of("content-type", "text/plain"),
                  """
                  voiceagent_pacer_lateness_seconds_bucket{scope="application",le="0.001"} 990
                  voiceagent_pacer_lateness_seconds_bucket{scope="application",le="0.002"} 1000
                  voiceagent_pacer_lateness_seconds_count{scope="application"} 1000
                  voiceagent_pacer_lateness_seconds_max{scope="application"} 0.0015
                  """);
          case "/incoming-call" ->
              new Answer.Whole(
                  200,
                  Map.of("content-type", "text/xml"),
                  "<Response><Connect><Stream url=\"wss://127.0.0.1:%d/ws\"/></Connect></Response>"
                      .formatted(server.port()));
          case "/ws" -> new Answer.Upgrade(Map.of(), "", Agent::new);
          default -> new Answer.Whole(404, Map.of(), "");
        });
  }

  @Override
  public void close() {
    server.close();
  }

  /// One call's; on its connection's event loop.
  private final class Agent implements PeerListener {
    private final Peer peer;
    private String streamSid = "";
    private int reply;
    private int marks;
    private int sounding;
    private int silent;
    private long speaksUntil;

    Agent(Peer peer) {
      this.peer = peer;
    }

    @Override
    public void text(String message) {
      try {
        JsonNode json = JSON.readTree(message);
        switch (json.path("event").asText()) {
          case "start" -> {
            streamSid = json.path("streamSid").asText();
            say(++reply, 500);
          }
          case "media" -> frame(Base64.getDecoder().decode(json.at("/media/payload").asText()));
          default -> {} // marks, stop
        }
      } catch (JsonProcessingException e) {
        throw new AssertionError(e);
      }
    }

    private void frame(byte[] mulaw) {
      if (mulaw[0] != Mulaw.SILENCE) {
        silent = 0;
        sounding++;
        if (sounding == INTERRUPTION_FRAMES
            && System.nanoTime() < speaksUntil
            && manners != Manners.HEARS_NOTHING) {
          interrupted();
        }
      } else if (sounding > 0 && ++silent == PAUSE_FRAMES) {
        sounding = 0;
        answer();
      }
    }

    private void interrupted() {
      peer.text("{\"event\":\"clear\",\"streamSid\":\"" + streamSid + "\"}");
      mark("fence." + ++marks);
      speaksUntil = 0;
      if (manners == Manners.SPEAKS_ON) {
        say(reply, 200);
      }
    }

    private void answer() {
      reply++;
      events.tell("deepgram", "final", "words of the caller");
      events.tell("groq", "first-token", "");
      events.tell("cartesia", "first-audio", "");
      events.tell("cartesia", "clause", "Answer " + reply + ".");
      say(reply, reply == 3 ? 10_000 : 400);
    }

    private void say(int of, int millis) {
      byte[] mulaw = new byte[millis * 8];
      Arrays.fill(mulaw, (byte) 0x55);
      peer.text(
          "{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"%s\"}}"
              .formatted(streamSid, Base64.getEncoder().encodeToString(mulaw)));
      mark("r" + of + "." + ++marks);
      speaksUntil = System.nanoTime() + millis * 1_000_000L;
    }

    private void mark(String name) {
      peer.text(
          "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"%s\"}}"
              .formatted(streamSid, name));
    }

    @Override
    public void binary(byte[] message) {}

    @Override
    public void closed(int code) {}
  }
}
