package voiceagent.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules that every message of the contract keeps, read from its descriptors.
class ContractTest {
  private static final List<FileDescriptor> FILES =
      List.of(
          StageProto.getDescriptor(),
          SpeechToTextProto.getDescriptor(),
          BrainProto.getDescriptor(),
          TextToSpeechProto.getDescriptor());

  /// Messages about one reply of the agent; `Failed` names it where there is one.
  private static final Set<String> ABOUT_A_REPLY =
      Set.of(
          "Failed",
          "Utterance",
          "CommitReply",
          "CancelReply",
          "Played",
          "Said",
          "Clause",
          "Clip",
          "Action",
          "ReplyDone",
          "SpeakClause",
          "CancelSpeech",
          "ReplyAudio",
          "ReplyWords",
          "ClauseDone",
          "SpeechDone");

  @Test
  void everyMessageAboutAReplyCarriesItsNumber() {
    for (Descriptor message :
        messages().filter(m -> ABOUT_A_REPLY.contains(m.getName())).toList()) {
      FieldDescriptor reply = message.findFieldByName("reply");
      assertThat(reply).as("%s.reply", message.getName()).isNotNull();
      assertThat(reply.getType()).as(reply.getFullName()).isEqualTo(FieldDescriptor.Type.INT64);
    }
    assertThat(messages().map(Descriptor::getName)).containsAll(ABOUT_A_REPLY);
  }

  @Test
  void everyMessageThatNamesAClauseOrReplyIsKnownToBeAboutAReply() {
    assertThat(
            messages()
                .filter(m -> named(m, "reply") || named(m, "clause"))
                .filter(m -> !isEnvelope(m))
                .map(Descriptor::getName))
        .allMatch(ABOUT_A_REPLY::contains);
  }

  @Test
  void offsetsAreInt64Samples() {
    Set<String> points = Set.of("offset", "start", "end", "resume_from", "last_word_end");
    fields()
        .filter(f -> f.getName().endsWith("_samples") || points.stream().anyMatch(p -> point(f, p)))
        .forEach(f -> {
          assertThat(f.getName()).as(f.getFullName()).endsWith("_samples");
          assertThat(f.getType()).as(f.getFullName()).isEqualTo(FieldDescriptor.Type.INT64);
        });
    assertThat(fields().filter(f -> f.getName().endsWith("_samples"))).hasSizeGreaterThan(8);
  }

  @Test
  void durationsNameTheirUnit() {
    fields()
        .filter(f -> f.getName().matches(".*(time|timeout|deadline|delay|after|duration|latency)$"))
        .forEach(f -> assertThat(f.getFullName()).as("has no unit").isNull());
    fields()
        .filter(f -> f.getName().endsWith("_micros"))
        .forEach(f -> assertThat(f.getType()).isEqualTo(FieldDescriptor.Type.INT64));
  }

  @Test
  void everyStreamOpensWithTheCallAndAnswersOpenedDrainingFailed() {
    List<MethodDescriptor> streams =
        FILES.stream()
            .flatMap(f -> f.getServices().stream())
            .map(ServiceDescriptor::getMethods)
            .flatMap(List::stream)
            .filter(m -> m.isClientStreaming() && m.isServerStreaming())
            .toList();
    assertThat(streams)
        .extracting(MethodDescriptor::getName)
        .containsExactlyInAnyOrder("Transcribe", "Converse", "Speak");
    for (MethodDescriptor stream : streams) {
      Descriptor request = stream.getInputType();
      Descriptor response = stream.getOutputType();
      assertThat(isEnvelope(request)).as(request.getName()).isTrue();
      assertThat(isEnvelope(response)).as(response.getName()).isTrue();
      FieldDescriptor context =
          request.findFieldByName("open").getMessageType().findFieldByName("context");
      assertThat(context.getMessageType()).isEqualTo(CallContext.getDescriptor());
      assertThat(request.getFields())
          .extracting(FieldDescriptor::getName)
          .contains("open", "update", "close");
      assertThat(response.getFields())
          .extracting(FieldDescriptor::getName)
          .startsWith("opened", "draining", "failed");
    }
  }

  @Test
  void streamsHoldJustTheMessagesOfTheDesign() {
    assertThat(names(TranscribeRequest.getDescriptor()))
        .containsExactly("open", "audio", "finalize", "update", "close");
    assertThat(names(TranscribeResponse.getDescriptor()))
        .containsExactly(
            "opened",
            "draining",
            "failed",
            "confirmed",
            "speech_started",
            "interim",
            "final",
            "eager_end_of_turn",
            "turn_resumed",
            "end_of_turn");
    assertThat(names(ConverseRequest.getDescriptor()))
        .containsExactly(
            "open",
            "utterance",
            "commit",
            "cancel",
            "played",
            "said",
            "dtmf",
            "action_result",
            "update",
            "close");
    assertThat(names(ConverseResponse.getDescriptor()))
        .containsExactly(
            "opened",
            "draining",
            "failed",
            "clause",
            "clip",
            "action",
            "checkpoint",
            "done",
            "extraction");
    assertThat(names(SpeakRequest.getDescriptor()))
        .containsExactly("open", "clause", "cancel", "update", "close");
    assertThat(names(SpeakResponse.getDescriptor()))
        .containsExactly("opened", "draining", "failed", "audio", "words", "clause_done", "done");
  }

  @Test
  void turnsAndTracesAreCarriedWhereATurnBegins() {
    for (Descriptor m :
        List.of(
            Utterance.getDescriptor(),
            SpeakClause.getDescriptor(),
            FinalizeTranscript.getDescriptor(),
            CallContext.getDescriptor())) {
      assertThat(named(m, "traceparent")).as(m.getName()).isTrue();
    }
    for (Descriptor m :
        List.of(
            Final.getDescriptor(),
            EndOfTurn.getDescriptor(),
            ReplyDone.getDescriptor(),
            SpeechDone.getDescriptor())) {
      assertThat(named(m, "stage_micros")).as(m.getName()).isTrue();
      assertThat(named(m, "provider_request_id")).as(m.getName()).isTrue();
    }
  }

  @Test
  void enumsBeginWithUnspecified() {
    FILES.stream()
        .flatMap(f -> f.getEnumTypes().stream())
        .forEach(e -> assertThat(e.getValues().getFirst().getName()).endsWith("_UNSPECIFIED"));
  }

  private static boolean point(FieldDescriptor field, String point) {
    return field.getName().equals(point) || field.getName().endsWith("_" + point);
  }

  private static boolean named(Descriptor message, String field) {
    return message.findFieldByName(field) != null;
  }

  private static List<String> names(Descriptor message) {
    return message.getFields().stream().map(FieldDescriptor::getName).toList();
  }

  private static boolean isEnvelope(Descriptor message) {
    return message.getRealOneofs().size() == 1
        && message.getRealOneofs().getFirst().getName().equals("message");
  }

  private static Stream<Descriptor> messages() {
    return FILES.stream().flatMap(f -> f.getMessageTypes().stream());
  }

  private static Stream<FieldDescriptor> fields() {
    return messages().filter(m -> !isEnvelope(m)).flatMap(m -> m.getFields().stream());
  }
}
