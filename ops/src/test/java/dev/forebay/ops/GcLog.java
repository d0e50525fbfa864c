package dev.forebay.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What a process that was launched with {@link #options} needed of memory. */
record GcLog(Path file) {

  /** As the collector prints it: before, after, of how much. */
  private static final Pattern COLLECTED = Pattern.compile("\\d+M->(\\d+)M\\(\\d+M\\)");

  private static final Pattern RESIDENT = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  /** A heap of 512 MB, the end of which ends the process. */
  List<String> options() {
    return List.of(
        "-Xmx512m", "-XX:+ExitOnOutOfMemoryError", "-Xlog:gc:file=" + file + "::filecount=0");
  }

  /** The most that was left after a collection, and the most that was resident. */
  String summary(Process process) throws IOException {
    int live =
        COLLECTED
            .matcher(Files.readString(file))
            .results()
            .map(result -> result.group(1))
            .mapToInt(Integer::parseInt)
            .max()
            .orElse(0);
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    String resident =
        Files.exists(status)
            ? RESIDENT
                .matcher(Files.readString(status))
                .results()
                .map(result -> result.group(1))
                .findFirst()
                .map(kilobytes -> Integer.parseInt(kilobytes) / 1024 + " MB")
                .orElse("?")
            : "?";
    return "heap in use after a collection at most " + live + " MB, resident " + resident;
  }
}
