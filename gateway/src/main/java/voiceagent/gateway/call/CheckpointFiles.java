package voiceagent.gateway.call;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.config.Secret;

/// A file for each live call, in a folder that all gateways of a deployment share. Written by one
/// thread, whole or not at all; encrypted with a key that is made from the Twilio auth token, since
/// it holds what was said.
///
/// The file's name counts how often the stream was resumed, and the highest count holds: a gateway
/// that has lost the call cannot overwrite what the next one keeps, however their writes meet.
///
/// What is waiting to be written is bounded by the number of calls: a newer state replaces an older
/// one that was not written yet.
public final class CheckpointFiles implements Checkpoints {
  private static final System.Logger LOG = System.getLogger(CheckpointFiles.class.getName());

  /// A lost stream is asked for within seconds; what is older belongs to no call.
  private static final Duration KEEP = Duration.ofMinutes(10);

  private static final Duration CLEAN_EVERY = Duration.ofMinutes(1);
  private static final int FORMAT = 2;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String ENDING = ".call";

  private final Path folder;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  /// Tells our drafts from another gateway's; in containers every process has the same id.
  private final String self = UUID.randomUUID().toString();

  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private final Thread thread;
  private Instant cleanAt = Instant.now().plus(CLEAN_EVERY);
  private boolean closed;

  /// What is to be written.
  ///
  /// @param call empty: the file goes
  /// @param done told once it is written, or replaced
  private record Waiting(String callSid, Optional<SavedCall> call, CompletableFuture<Void> done) {
    boolean isLaterThan(SavedCall other) {
      return call.filter(c -> c.reconnects() > other.reconnects()).isPresent();
    }
  }

  /// @param folder made if it is missing
  /// @throws UncheckedIOException if it cannot be made
  public CheckpointFiles(Path folder, Secret authToken) {
    this.folder = folder;
    key = key(authToken);
    try {
      Files.createDirectories(folder);
      forgetOld();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "CHECKPOINT_DIR is " + folder + ", which cannot be used: " + e.getMessage(), e);
    }
    thread = Thread.ofVirtual().name("checkpoints").start(this::write);
  }

  @Override
  public CompletableFuture<Void> save(String callSid, SavedCall call) {
    return put(callSid, Optional.of(call));
  }

  @Override
  public void forget(String callSid) {
    var _ = put(callSid, Optional.empty());
  }

  private synchronized CompletableFuture<Void> put(String callSid, Optional<SavedCall> call) {
    Waiting waits = waiting.get(callSid);
    if (waits != null && call.isPresent() && waits.isLaterThan(call.get())) {
      return waits.done();
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    Waiting older = waiting.put(callSid, new Waiting(callSid, call, done));
    if (older != null) {
      var _ = done.whenComplete((_, _) -> older.done().complete(null));
    }
    notifyAll();
    return done;
  }

  @Override
  public Optional<SavedCall> load(String callSid) {
    synchronized (this) {
      Waiting newest = waiting.get(callSid);
      if (newest != null) {
        return newest.call();
      }
    }
    return read(callSid);
  }

  private Optional<SavedCall> read(String callSid) {
    for (int reconnects = SavedCall.MAX_RECONNECTS; reconnects >= 0; reconnects--) {
      try {
        byte[] file = Files.readAllBytes(file(callSid, reconnects));
        return Optional.of(decrypted(callSid, file));
      } catch (NoSuchFileException e) {
        // an earlier stream's may be there
      } catch (IOException | GeneralSecurityException e) {
        LOG.log(Level.WARNING, "a checkpoint cannot be read: {0}", e.getClass().getSimpleName());
      }
    }
    return Optional.empty();
  }

  /// Writes what waits, for 2 s at most.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      for (Waiting next = next(); next != null; next = next()) {
        write(next);
        written(next);
        clean();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Waiting next() throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    return waiting.isEmpty() ? null : waiting.values().iterator().next();
  }

  /// Only now may [#load] look into the file.
  private synchronized void written(Waiting done) {
    waiting.remove(done.callSid(), done);
    done.done().complete(null);
  }

  private void write(Waiting next) {
    try {
      if (next.call().isEmpty()) {
        deleteBelow(next.callSid(), SavedCall.MAX_RECONNECTS + 1);
        return;
      }
      SavedCall call = next.call().get();
      Path draft = folder.resolve(next.callSid() + ".draft-" + self);
      Files.write(draft, encrypted(next.callSid(), call));
      Files.move(
          draft,
          file(next.callSid(), call.reconnects()),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      deleteBelow(next.callSid(), call.reconnects());
    } catch (IOException | GeneralSecurityException e) {
      LOG.log(Level.WARNING, "a checkpoint cannot be written: {0}", e.getClass().getSimpleName());
    }
  }

  private void clean() {
    if (Instant.now().isBefore(cleanAt)) {
      return;
    }
    cleanAt = Instant.now().plus(CLEAN_EVERY);
    try {
      forgetOld();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING, "old checkpoints cannot be removed: {0}", e.getClass().getSimpleName());
    }
  }

  private void forgetOld() throws IOException {
    FileTime oldest = FileTime.from(Instant.now().minus(KEEP));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{call,draft-*}")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private void deleteBelow(String callSid, int reconnects) throws IOException {
    for (int earlier = 0; earlier < reconnects; earlier++) {
      Files.deleteIfExists(file(callSid, earlier));
    }
  }

  private Path file(String callSid, int reconnects) {
    return folder.resolve(callSid + "." + reconnects + ENDING);
  }

  /// Nonce, then the sealed fields; the call SID is authenticated with them.
  private byte[] encrypted(String callSid, SavedCall call)
      throws IOException, GeneralSecurityException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(plain)) {
      out.writeByte(FORMAT);
      out.writeLong(call.turn());
      out.writeLong(call.reply());
      out.writeInt(call.reconnects());
      switch (call.outcome()) {
        case CallOutcome.Lost _ -> out.writeByte(0);
        case CallOutcome.Stopped _ -> out.writeByte(1);
        case CallOutcome.HangUp _ -> out.writeByte(2);
        case CallOutcome.Transfer(String destination) -> {
          out.writeByte(3);
          out.writeUTF(destination);
        }
      }
      out.write(call.conversation());
    }
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, callSid).doFinal(plain.toByteArray());
    byte[] file = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
    System.arraycopy(sealed, 0, file, NONCE_BYTES, sealed.length);
    return file;
  }

  private SavedCall decrypted(String callSid, byte[] file)
      throws IOException, GeneralSecurityException {
    if (file.length < NONCE_BYTES) {
      throw new IOException("too short");
    }
    byte[] nonce = Arrays.copyOf(file, NONCE_BYTES);
    byte[] plain =
        cipher(Cipher.DECRYPT_MODE, nonce, callSid)
            .doFinal(file, NONCE_BYTES, file.length - NONCE_BYTES);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain))) {
      if (in.readByte() != FORMAT) {
        throw new IOException("another format");
      }
      long turn = in.readLong();
      long reply = in.readLong();
      int reconnects = in.readInt();
      CallOutcome outcome = outcome(in);
      return new SavedCall(turn, reply, reconnects, in.readAllBytes(), outcome);
    }
  }

  private static CallOutcome outcome(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    return switch (kind) {
      case 0 -> new CallOutcome.Lost();
      case 1 -> new CallOutcome.Stopped();
      case 2 -> new CallOutcome.HangUp();
      case 3 -> new CallOutcome.Transfer(in.readUTF());
      default -> throw new IOException("outcome " + kind);
    };
  }

  private Cipher cipher(int mode, byte[] nonce, String callSid) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(callSid.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static SecretKeySpec key(Secret authToken) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update("voice-agent checkpoints 1 ".getBytes(StandardCharsets.UTF_8));
      return new SecretKeySpec(
          digest.digest(authToken.reveal().getBytes(StandardCharsets.UTF_8)), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
