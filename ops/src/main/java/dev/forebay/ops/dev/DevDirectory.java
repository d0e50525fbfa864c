package dev.forebay.ops.dev;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The directory where development mode keeps all it has: readable by its owner only, used by one
 * process at a time. For one thread.
 */
final class DevDirectory implements AutoCloseable {

  private final Path root;
  private final FileChannel channel;
  private final FileLock lock;

  private DevDirectory(Path root, FileChannel channel, FileLock lock) {
    this.root = root;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Creates the directory if it is missing and takes it for this process.
   *
   * @throws InvalidSetupException if another process has it, or if it cannot be written
   */
  static DevDirectory open(Path directory) {
    Path root = directory.toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
      Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(root.resolve("logs"));
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        channel.close();
        throw problem(
            root, "another `forebay dev` is using it.", "Stop that one, or give another --data.");
      }
      return new DevDirectory(root, channel, lock);
    } catch (IOException e) {
      throw problem(root, "cannot be written: " + e + ".", "Give another with --data DIR.");
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static InvalidSetupException problem(Path root, String what, String fix) {
    return new InvalidSetupException(List.of(new Problem(root.toString(), what, fix)));
  }

  /** Forgets the database, the documents in KV and the key; keeps binaries and logs. */
  void reset() throws IOException {
    for (Path kept : List.of(postgres(), kv(), key())) {
      deleteAll(kept);
    }
  }

  private static void deleteAll(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** PostgreSQL's data directory. */
  Path postgres() {
    return root.resolve("postgres");
  }

  /** Where PostgreSQL's programs are unpacked. */
  Path postgresPrograms() {
    return root.resolve("postgres-programs");
  }

  /** What workerd keeps of KV. */
  Path kv() {
    return root.resolve("kv");
  }

  /** The development API key. */
  Path key() {
    return root.resolve("key");
  }

  /** What signs tokens. */
  Path tokenSecret() {
    return root.resolve("token-secret");
  }

  /** The child processes, for a successor that has to end them. */
  Path processes() {
    return root.resolve("processes");
  }

  /** A file among the logs, emptied first if it has grown beyond ten megabytes. */
  Path log(String name) throws IOException {
    Path file = root.resolve("logs").resolve(name);
    if (Files.exists(file) && Files.size(file) > 10_000_000) {
      Files.delete(file);
    }
    return file;
  }

  /** The process id in PostgreSQL's own lock file, if there is one. */
  Optional<Long> postmaster() throws IOException {
    Path file = postgres().resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    return lines.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(lines.getFirst().strip()));
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
