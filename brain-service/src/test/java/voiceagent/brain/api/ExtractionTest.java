package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import voiceagent.kit.service.Stage;
import voiceagent.v1.ConverseResponse;

class ExtractionTest extends RunningBrain {
  private static final String LEAD =
      """
      {"extraction":{"name":"lead","when":"%s","schema":{"type":"object","properties":
       {"name":{"type":"string"},"guests":{"type":["integer","null"]}},
       "required":["name","guests"],"additionalProperties":false}}}
      """;

  private ConverseResponse extraction(String when, Runnable before) throws InterruptedException {
    Stage other = brain(Map.of("OUTLINES_ENABLED", "true"));
    var way = channel(other);
    try (BrainCaller call = new BrainCaller(way).open(LEAD.formatted(when))) {
      groq.replies("A table, gladly.");
      call.asks(1, 1, "A table for four, I am Peter.");
      call.reply(1);
      before.run();
      call.played(1, "A table, gladly.", true);
      if (when.equals("after")) {
        call.hangsUp();
      }
      ConverseResponse response = call.await(ConverseResponse::hasExtraction);
      if (when.equals("after")) {
        assertThat(call.ended).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Status.OK);
      }
      return response;
    } finally {
      way.shutdownNow();
      other.close();
    }
  }

  @Test
  void aDocumentIsTakenOutOfTheCallWhenItIsOver_19() throws InterruptedException {
    var extraction =
        extraction("after", () -> groq.replies("{\"name\":\"Peter\",\"guests\":4}"))
            .getExtraction();
    assertThat(extraction.getSchema()).isEqualTo("lead");
    assertThat(extraction.getJson()).isEqualTo("{\"name\":\"Peter\",\"guests\":4}");
    var request = groq.requests().getLast();
    assertThat(request.stream()).isFalse();
    assertThat(
            request.json().path("response_format").path("json_schema").path("strict").asBoolean())
        .isTrue();
    assertThat(request.json().has("tools")).isFalse();
    assertThat(request.lastUser())
        .isEqualTo("caller: A table for four, I am Peter.\nagent: A table, gladly.");
  }

  @Test
  void aDocumentThatBreaksTheSchemaIsRepaired() throws InterruptedException {
    var extraction =
        extraction(
                "after",
                () ->
                    groq.replies(
                        "I think it is this: {\"name\":\"Peter\",\"guests\":\"four\"}",
                        "```json\n{\"name\":\"Peter\",\"guests\":4}\n```"))
            .getExtraction();
    assertThat(extraction.getJson()).isEqualTo("{\"name\":\"Peter\",\"guests\":4}");
    assertThat(groq.requests().getLast().lastUser()).contains("breaks the schema", "/guests");
  }

  @Test
  void aDocumentMayBeWantedAfterEachTurn() throws InterruptedException {
    var extraction =
        extraction("during", () -> groq.replies("{\"name\":\"Peter\",\"guests\":null}"))
            .getExtraction();
    assertThat(extraction.getJson()).contains("Peter");
  }

  @Test
  void aCallThatGoesOnElsewhereIsNotExtracted() throws InterruptedException {
    Stage other = brain(Map.of("OUTLINES_ENABLED", "true"));
    var way = channel(other);
    try (BrainCaller call = new BrainCaller(way).open(LEAD.formatted("after"))) {
      groq.replies("Gladly.");
      call.asks(1, 1, "A table for four.");
      call.reply(1);
      call.send(
          voiceagent.v1.ConverseRequest.newBuilder()
              .setClose(voiceagent.v1.CloseConversation.newBuilder().setReason("replaced")));
      assertThat(call.ended).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Status.OK);
      assertThat(groq.requests()).hasSize(1);
    } finally {
      way.shutdownNow();
      other.close();
    }
  }
}
