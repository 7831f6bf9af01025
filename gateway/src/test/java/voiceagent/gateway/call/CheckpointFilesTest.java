package voiceagent.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.kit.config.Secret;

class CheckpointFilesTest {
  private static final byte[] WORDS = "the caller's words".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder = Path.of("");

  private CheckpointFiles gateway(String authToken) {
    return new CheckpointFiles(folder.resolve("calls"), Secret.of(authToken));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("calls"))) {
      return files.toList();
    }
  }

  @Test
  void anotherGatewayFindsWhatOneSaved() {
    try (CheckpointFiles one = gateway("token")) {
      var _ = one.save("CA1", new SavedCall(2, 3, 0, new byte[0]));
      var _ = one.save("CA1", new SavedCall(4, 7, 1, WORDS));
    }
    try (CheckpointFiles other = gateway("token")) {
      SavedCall call = other.load("CA1").orElseThrow();
      assertThat(call.turn()).isEqualTo(4);
      assertThat(call.reply()).isEqualTo(7);
      assertThat(call.reconnects()).isEqualTo(1);
      assertThat(call.conversation()).isEqualTo(WORDS);
      assertThat(other.load("CA2")).isEmpty();
    }
  }

  @Test
  void whatWasSaidCannotBeReadFromTheFile() throws IOException {
    try (CheckpointFiles one = gateway("token")) {
      var _ = one.save("CA1", new SavedCall(1, 1, 0, WORDS));
    }
    assertThat(files()).hasSize(1);
    assertThat(Files.readString(files().getFirst(), StandardCharsets.ISO_8859_1))
        .doesNotContain("words");
    try (CheckpointFiles stranger = gateway("another token")) {
      assertThat(stranger.load("CA1")).isEmpty();
    }
  }

  @Test
  void aCallThatIsOverIsForgotten() throws IOException {
    try (CheckpointFiles one = gateway("token")) {
      var _ = one.save("CA1", new SavedCall(1, 1, 0, WORDS));
      one.forget("CA1");
      assertThat(one.load("CA1")).isEmpty();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void whatNobodyAskedForIsForgottenAtTheNextStart() throws IOException {
    try (CheckpointFiles one = gateway("token")) {
      var _ = one.save("CA1", new SavedCall(1, 1, 0, WORDS));
    }
    Files.setLastModifiedTime(
        files().getFirst(), FileTime.from(Instant.now().minus(Duration.ofMinutes(11))));
    gateway("token").close();
    assertThat(files()).isEmpty();
  }

  @Test
  void aBrokenFileIsNoCall() throws IOException {
    try (CheckpointFiles one = gateway("token")) {
      Files.write(folder.resolve("calls/CA1.0.call"), new byte[] {1, 2, 3});
      Files.write(folder.resolve("calls/CA2.0.call"), new byte[100]);
      assertThat(one.load("CA1")).isEmpty();
      assertThat(one.load("CA2")).isEmpty();
    }
  }

  @Test
  void howACallEndedIsToldToOtherGateways() {
    try (CheckpointFiles one = gateway("token");
        CheckpointFiles other = gateway("token")) {
      for (CallOutcome outcome :
          List.of(
              new CallOutcome.Lost(),
              new CallOutcome.Stopped(),
              new CallOutcome.HangUp(),
              new CallOutcome.Transfer("sip:desk@example.com"))) {
        one.save("CA1", SavedCall.over(0, outcome)).orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(other.load("CA1").orElseThrow().outcome()).isEqualTo(outcome);
      }
    }
  }

  /// Two gateways believe to have a call for a moment, when one has not seen its stream end yet.
  @Test
  void aGatewayThatHasLostACallDoesNotOverwriteWhatTheNextOneKeeps() {
    try (CheckpointFiles one = gateway("token");
        CheckpointFiles other = gateway("token")) {
      SavedCall call = new SavedCall(1, 1, 0, WORDS);
      one.save("CA1", call).orTimeout(10, TimeUnit.SECONDS).join();
      other.save("CA1", call.resumed()).orTimeout(10, TimeUnit.SECONDS).join();
      one.save("CA1", new SavedCall(1, 2, 0, new byte[0])).orTimeout(10, TimeUnit.SECONDS).join();
      SavedCall kept = other.load("CA1").orElseThrow();
      assertThat(kept.reconnects()).isEqualTo(1);
      assertThat(kept.conversation()).isEqualTo(WORDS);
    }
  }

  @Test
  void theCountOfResumedStreamsHoldsHoweverTheWritesOfTwoGatewaysMeet() {
    try (CheckpointFiles one = gateway("token");
        CheckpointFiles other = gateway("token")) {
      for (int call = 0; call < 500; call++) {
        SavedCall lost = new SavedCall(1, 1, 0, WORDS);
        CompletableFuture<Void> late = one.save("CA" + call, lost);
        other.save("CA" + call, lost.resumed()).orTimeout(10, TimeUnit.SECONDS).join();
        late.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(other.load("CA" + call).orElseThrow().reconnects()).isEqualTo(1);
      }
    }
  }
}
