package voiceagent.gateway.clip;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import voiceagent.gateway.playout.HeardLedger.TimedWord;

/// Clips in a folder that several gateways may share: a file each, written whole or not at all.
/// Full: those that were not used for the longest time are deleted. One thread.
final class ClipFiles {
  private static final int FORMAT = 1;
  private static final int MAX_WORDS = 2000;
  private static final int MAX_AUDIO = 1_000_000;
  private static final String ENDING = ".clip";

  private final Path folder;
  private final long maxBytes;

  private record Kept(Path file, long size, FileTime used) {}

  ClipFiles(Path folder, long maxBytes) {
    this.folder = folder;
    this.maxBytes = maxBytes;
  }

  /// @throws IOException if it is there and can not be read
  Optional<Clip> read(String key) throws IOException {
    Path file = folder.resolve(key + ENDING);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    if (in.readInt() != FORMAT) {
      return Optional.empty();
    }
    int count = within(in.readInt(), MAX_WORDS);
    List<TimedWord> words = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      words.add(new TimedWord(in.readUTF(), in.readLong(), in.readLong()));
    }
    byte[] mulaw = new byte[within(in.readInt(), MAX_AUDIO)];
    in.readFully(mulaw);
    return Optional.of(new Clip(mulaw, words));
  }

  private static int within(int count, int most) throws IOException {
    if (count < 0 || count > most) {
      throw new IOException("a count is " + count + ", expected 0 to " + most);
    }
    return count;
  }

  void write(String key, Clip clip) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(FORMAT);
    out.writeInt(clip.words().size());
    for (TimedWord word : clip.words()) {
      out.writeUTF(word.text());
      out.writeLong(word.startSamples());
      out.writeLong(word.endSamples());
    }
    out.writeInt(clip.mulaw().length);
    out.write(clip.mulaw());
    Files.createDirectories(folder);
    Path part = Files.createTempFile(folder, "clip-", ".part");
    Files.write(part, bytes.toByteArray());
    Files.move(
        part,
        folder.resolve(key + ENDING),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    makeRoom();
  }

  private void makeRoom() throws IOException {
    List<Kept> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ENDING)).toList()) {
        all.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
      }
    }
    long bytes = all.stream().mapToLong(Kept::size).sum();
    all.sort(Comparator.comparing(Kept::used));
    for (Kept oldest : all) {
      if (bytes <= maxBytes) {
        return;
      }
      Files.deleteIfExists(oldest.file());
      bytes -= oldest.size();
    }
  }
}
