package voiceagent.sim.groq;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.event.SimulatorEvents;

/// The conformance lines of the provider's protocol that a simulator has to keep; the client here
/// is the JDK's, not ours.
class GroqSimulatorTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HELLO = "[{'role':'user','content':'Hello'}]";

  private final SimulatorEvents events = new SimulatorEvents();
  private final LinkedBlockingQueue<SimulatorEvent> seen = new LinkedBlockingQueue<>();
  private final GroqSimulator groq = GroqSimulator.start(0, events);
  private final HttpClient client = HttpClient.newHttpClient();

  GroqSimulatorTest() {
    events.listen(seen::add);
    groq.pace(Duration.ofMillis(1), Duration.ofMillis(1));
  }

  @AfterEach
  void close() {
    client.close();
    groq.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(groq.url() + path))
        .timeout(Duration.ofSeconds(20))
        .header("authorization", "Bearer " + GroqSimulator.KEY)
        .header("content-type", "application/json");
  }

  private HttpResponse<String> chat(String body) throws Exception {
    return client.send(
        request("/chat/completions")
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build(),
        ofString());
  }

  private HttpResponse<String> chat(String model, String more) throws Exception {
    return chat("{'model':'%s','messages':%s%s}".formatted(model, HELLO, more));
  }

  private HttpResponse<String> stream() throws Exception {
    return chat("openai/gpt-oss-20b", ",'stream':true");
  }

  private static List<String> data(HttpResponse<String> answer) {
    return answer
        .body()
        .lines()
        .filter(l -> l.startsWith("data: "))
        .map(l -> l.substring(6))
        .toList();
  }

  private static JsonNode error(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body()).path("error");
  }

  private static String content(List<String> data) throws Exception {
    StringBuilder text = new StringBuilder();
    for (String event : data.subList(0, data.size() - 1)) {
      text.append(JSON.readTree(event).at("/choices/0/delta/content").asText(""));
    }
    return text.toString();
  }

  private SimulatorEvent await(String kind) throws InterruptedException {
    while (true) {
      SimulatorEvent event = seen.poll(10, TimeUnit.SECONDS);
      assertThat(event).as("an event " + kind).isNotNull();
      if (event.kind().equals(kind)) {
        return event;
      }
    }
  }

  @Test
  void streamsRoleDeltasFinalAndDone_15() throws Exception {
    groq.replies("Yes, ten to four. Ünder 5 €!");
    HttpResponse<String> answer = stream();
    assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
    List<String> data = data(answer);
    JsonNode first = JSON.readTree(data.getFirst());
    assertThat(first.at("/choices/0/delta/role").asText()).isEqualTo("assistant");
    assertThat(first.at("/choices/0/delta/content").asText("-")).isEmpty();
    assertThat(first.at("/x_groq/id").asText())
        .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
    assertThat(first.at("/x_groq/seed").isNumber()).isTrue();
    assertThat(content(data)).isEqualTo("Yes, ten to four. Ünder 5 €!");
    JsonNode last = JSON.readTree(data.get(data.size() - 2));
    assertThat(last.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(last.path("usage")).isEqualTo(last.at("/x_groq/usage"));
    assertThat(last.at("/usage/completion_tokens").asInt()).isEqualTo(data.size() - 3);
    assertThat(data.getLast()).isEqualTo("[DONE]");
    assertThat(await("request").detail()).isEqualTo("Hello");
    await("first-token");
    assertThat(await("done").detail()).startsWith("Yes,");
  }

  @Test
  void answersAtOnceWhenNotAskedToStream() throws Exception {
    groq.replies("Yes, ten to four.");
    JsonNode whole = JSON.readTree(chat("openai/gpt-oss-120b", "").body());
    assertThat(whole.path("object").asText()).isEqualTo("chat.completion");
    assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("Yes, ten to four.");
    assertThat(whole.at("/usage/total_tokens").asInt()).isPositive();
  }

  @Test
  void toolArgumentsComeInOneChunkOrSplit_16() throws Exception {
    String tools = ",'stream':true,'tools':[{'type':'function','function':{'name':'hours'}}]";
    for (boolean split : new boolean[] {false, true}) {
      groq.splitToolArguments(split);
      groq.callsTool("hours", "{\"day\":\"sunday\"}");
      List<String> data = data(chat("openai/gpt-oss-20b", tools));
      List<JsonNode> calls =
          data.subList(1, data.size() - 2).stream().map(GroqSimulatorTest::call).toList();
      assertThat(calls).hasSize(split ? 4 : 1);
      assertThat(calls.getFirst().at("/function/name").asText()).isEqualTo("hours");
      assertThat(
              calls.stream()
                  .map(c -> c.at("/function/arguments").asText())
                  .collect(Collectors.joining()))
          .isEqualTo("{\"day\":\"sunday\"}");
      assertThat(data.get(data.size() - 2)).contains("\"finish_reason\":\"tool_calls\"");
    }
  }

  private static JsonNode call(String event) {
    try {
      return JSON.readTree(event).at("/choices/0/delta/tool_calls/0");
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, invalid_api_key",
    "404, model_not_found",
    "413, context_length_exceeded",
    "429, rate_limit_exceeded",
    "498, capacity_exceeded",
    "500, ''",
    "503, over_capacity"
  })
  void refusesWithTheProvidersErrorAndThenGoesOn_17(int status, String code) throws Exception {
    groq.failNext(1, status);
    HttpResponse<String> answer = stream();
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(error(answer).path("message").asText()).isNotEmpty();
    assertThat(error(answer).path("code").asText("")).isEqualTo(code);
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    assertThat(answer.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 429);
    assertThat(await("refused").detail()).startsWith(String.valueOf(status));
    assertThat(stream().statusCode()).isEqualTo(200);
  }

  @Test
  void limitsAreTokensAMinuteAndToldInEveryAnswer_17() throws Exception {
    groq.limits(1000, 100);
    HttpResponse<String> answer = stream();
    assertThat(answer.headers().firstValue("x-ratelimit-limit-tokens")).contains("100");
    assertThat(answer.headers().firstValue("x-ratelimit-remaining-tokens")).contains("95");
    assertThat(answer.headers().firstValue("x-ratelimit-reset-tokens")).contains("3s");
    assertThat(answer.headers().firstValue("retry-after")).isEmpty();
    HttpResponse<String> refused =
        chat(
            "{'model':'openai/gpt-oss-20b','messages':[{'role':'user','content':'%s'}]}"
                .formatted("long ".repeat(80)));
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(error(refused).path("type").asText()).isEqualTo("tokens");
    assertThat(refused.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 10L);
    assertThat(chat("openai/gpt-oss-120b", "").statusCode()).as("another model").isEqualTo(200);
  }

  @Test
  void aPromptOverTheContextIs413() throws Exception {
    groq.offer("tiny", 20);
    HttpResponse<String> answer =
        chat(
            "{'model':'tiny','messages':[{'role':'user','content':'%s'}]}"
                .formatted("long ".repeat(80)));
    assertThat(answer.statusCode()).isEqualTo(413);
  }

  @Test
  void tellsErrorsWithinAStreamInEachForm_18() throws Exception {
    groq.replies("one two three four", "one two three four", "one two three four");
    groq.errorInNextStream(2, "tool_use_failed");
    groq.errorEventInNextStream(2, "tool_use_failed");
    groq.groqErrorInNextStream(2, "over_capacity");
    HttpResponse<String> data = stream();
    assertThat(data.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(data(data).get(3)).at("/error/code").asText())
        .isEqualTo("tool_use_failed");
    assertThat(data(data)).hasSize(4);
    assertThat(stream().body()).contains("event: error\ndata: {\"error\"");
    assertThat(JSON.readTree(data(stream()).getLast()).at("/x_groq/error").asText())
        .isEqualTo("over_capacity");
  }

  @Test
  void cutsStallsCommentsAndThinksAloud_18() throws Exception {
    groq.cutNextStream(1);
    HttpResponse<InputStream> cut =
        client.send(
            request("/chat/completions")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"openai/gpt-oss-20b\",\"stream\":true,\"messages\":%s}"
                            .formatted(HELLO.replace('\'', '"'))))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> cut.body().readAllBytes())
        .isInstanceOf(java.io.IOException.class);

    groq.stallNextStream(1, Duration.ofMillis(300));
    long before = System.nanoTime();
    assertThat(data(stream()).getLast()).isEqualTo("[DONE]");
    assertThat(System.nanoTime() - before).isGreaterThan(Duration.ofMillis(300).toNanos());

    groq.comments(true);
    groq.reasoning("The user greets me.");
    assertThat(stream().body()).contains(": keep-alive\n\n").contains("\"reasoning\":\"The user");
    assertThat(chat("openai/gpt-oss-20b", ",'stream':true,'include_reasoning':false").body())
        .doesNotContain("reasoning");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'n':2",
        "'tools':[]",
        "'tools':[{'type':'function','function':{'name':'a b'}}]",
        "'stream':true,'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{}}}",
        "'tools':[{'type':'function','function':{'name':'a'}}],'response_format':{'type':'json_schema','json_schema':{'name':'a','schema':{}}}",
        "'response_format':{'type':'json_object'}",
        "'reasoning_effort':'none'",
        "'reasoning_format':'hidden','include_reasoning':false",
        "'temperature':2.5",
        "'stop':['a','b','c','d','e']",
        "'max_completion_tokens':40000",
        "'service_tier':'best'",
        "'logprobs':true"
      })
  void rejectsWhatGroqRejects_19(String property) throws Exception {
    HttpResponse<String> answer = chat("openai/gpt-oss-20b", "," + property);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(error(answer).path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(groq.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama-3.1-8b-instant",
        "llama-3.3-70b-versatile",
        "qwen/qwen3-32b",
        "meta-llama/llama-4-scout-17b-16e-instruct",
        "gemma2-9b-it"
      })
  void retiredModelsAreNotFound_19(String model) throws Exception {
    HttpResponse<String> answer = chat(model, "");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer).path("code").asText()).isEqualTo("model_not_found");
    assertThat(client.send(request("/models/" + model).build(), ofString()).statusCode())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[{'role':'caller','content':'Hello'}]",
        "[{'role':'user','content':''}]",
        "[{'role':'assistant','content':null}]",
        "[{'role':'tool','tool_call_id':'a','content':'x'}]",
        "[{'role':'assistant','content':null,'tool_calls':[{'id':'a'}]},{'role':'user','content':'x'}]",
        "[{'role':'assistant','content':null,'tool_calls':[{'id':'a'}]}]"
      })
  void rejectsMessagesOutOfOrder(String messages) throws Exception {
    assertThat(
            chat("{'model':'openai/gpt-oss-20b','messages':%s}".formatted(messages)).statusCode())
        .isEqualTo(400);
  }

  @Test
  void streamsAreTheSameInWhateverPieces_20() throws Exception {
    groq.replies("Ünïcödé €5 😀 it is.", "Ünïcödé €5 😀 it is.");
    String whole = content(data(stream()));
    groq.splitBytes(7);
    assertThat(content(data(stream()))).isEqualTo(whole);
  }

  @Test
  void noticesAClientThatGoes_21() throws Exception {
    groq.pace(Duration.ofMillis(1), Duration.ofSeconds(20));
    HttpResponse<InputStream> answer =
        client.send(
            request("/chat/completions")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"openai/gpt-oss-20b\",\"stream\":true,\"messages\":%s}"
                            .formatted(HELLO.replace('\'', '"'))))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    await("first-token");
    answer.body().close();
    await("cancelled");
  }

  @Test
  void wrongKeysAndPathsAreRefused() throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(groq.url() + "/models"))
                .header("authorization", "Bearer gsk_wrong")
                .build(),
            ofString());
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(error(answer).path("code").asText()).isEqualTo("invalid_api_key");
    assertThat(client.send(request("/chat").build(), ofString()).statusCode()).isEqualTo(404);
    assertThat(client.send(request("/models").build(), ofString()).body())
        .contains("openai/gpt-oss-20b")
        .doesNotContain("llama");
    assertThat(client.send(request("/models/openai/gpt-oss-20b").build(), ofString()).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello there who am i speaking with | Sesame from Sesame AI",
        "are you open late on friday evenings this month | On Fridays we stay open late",
        "what would it cost me to have two rooms painted | four hundred and fifty dollars",
        "can i get an appointment on thursday the fourteenth at half past three | put you down",
        "it is jordan j o r d a n at example dot com | Thank you, Jordan",
        "four one five seven seven two nine zero eight six | I have your number",
        "stop please | Of course. I stopped at the word morning",
        "hold on a second | Take your time",
        "i wanted to ask about my membership because i am moving to another city | branches",
        "okay thank you so much for your help goodbye | Thank you for calling Sesame AI",
        "do you have a table for four outside | a table for four outside",
        "m a r t i n | a colleague"
      })
  void thePersonaAnswersTheDemosRecordings(String said, String expected) throws Exception {
    HttpResponse<String> answer =
        chat(
            ("{'model':'openai/gpt-oss-20b','messages':["
                    + "{'role':'system','content':"
                    + "'You are Sesame, who answers the phone at Sesame AI. Be brief.'},"
                    + "{'role':'assistant','content':'From nine in the morning …'},"
                    + "{'role':'user','content':'%s'}]}")
                .formatted(said));
    assertThat(answer.body()).contains(expected);
    assertThat(groq.lastPrompt()).endsWith("user: " + said);
  }

  @ParameterizedTest
  @CsvSource({
    "0.13, 130ms",
    "7.66, 7.66s",
    "179.56, 2m59.56s",
    "60, 1m0s",
    "3725, 1h2m5s",
    "20, 20s"
  })
  void durationsAreAsGoPrintsThem(double seconds, String expected) {
    assertThat(TokenMeter.goDuration(seconds)).isEqualTo(expected);
  }
}
