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
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.config.Secret;

/// A file for each live call, in a folder that all gateways of a deployment share. Written by one
/// thread, whole or not at all; encrypted with a key that is made from the Twilio auth token, since
/// it holds what was said.
///
/// What is waiting to be written is bounded by the number of calls: a newer state replaces an older
/// one that was not written yet.
public final class CheckpointFiles implements Checkpoints {
  private static final System.Logger LOG = System.getLogger(CheckpointFiles.class.getName());

  /// A lost stream is asked for within seconds; what is older belongs to no call.
  private static final Duration KEEP = Duration.ofMinutes(10);

  private static final int FORMAT = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final String ENDING = ".call";

  private final Path folder;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Optional<SavedCall>> waiting = new LinkedHashMap<>();
  private final Thread thread;
  private boolean closed;

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
  public synchronized void save(String callSid, SavedCall call) {
    waiting.put(callSid, Optional.of(call));
    notifyAll();
  }

  @Override
  public synchronized void forget(String callSid) {
    waiting.put(callSid, Optional.empty());
    notifyAll();
  }

  @Override
  public Optional<SavedCall> load(String callSid) {
    synchronized (this) {
      Optional<SavedCall> newest = waiting.get(callSid);
      if (newest != null) {
        return newest;
      }
    }
    try {
      return Optional.of(decrypted(callSid, Files.readAllBytes(file(callSid))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | GeneralSecurityException e) {
      LOG.log(Level.WARNING, "a checkpoint cannot be read: {0}", e.getClass().getSimpleName());
      return Optional.empty();
    }
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
      for (Map.Entry<String, Optional<SavedCall>> next = next(); next != null; next = next()) {
        write(next.getKey(), next.getValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Map.@Nullable Entry<String, Optional<SavedCall>> next()
      throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    return waiting.isEmpty() ? null : Map.entry(waiting.keySet().iterator().next(), first());
  }

  private Optional<SavedCall> first() {
    var entries = waiting.entrySet().iterator();
    Optional<SavedCall> call = entries.next().getValue();
    entries.remove();
    return call;
  }

  private void write(String callSid, Optional<SavedCall> call) {
    Path file = file(callSid);
    try {
      if (call.isEmpty()) {
        Files.deleteIfExists(file);
        return;
      }
      Path draft = folder.resolve(callSid + ".draft");
      Files.write(draft, encrypted(callSid, call.get()));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | GeneralSecurityException e) {
      LOG.log(Level.WARNING, "a checkpoint cannot be written: {0}", e.getClass().getSimpleName());
    }
  }

  private void forgetOld() throws IOException {
    FileTime oldest = FileTime.from(Instant.now().minus(KEEP));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + ENDING)) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(oldest) < 0) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private Path file(String callSid) {
    return folder.resolve(callSid + ENDING);
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
      return new SavedCall(in.readLong(), in.readLong(), in.readInt(), in.readAllBytes());
    }
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
