package dev.forebay.ops.faults.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot a document was built in, as its metadata tell.
 *
 * @param inProgress transactions below the snapshot's end that it does not see
 */
record Version(Snapshot snapshot, List<Long> inProgress) {

  /** Null where the metadata name none. */
  static @Nullable Version of(StoredValue stored) {
    JsonNode metadata = stored.metadata();
    String text = metadata == null ? "" : metadata.path("snapshot").asText();
    if (text.isEmpty()) {
      return null;
    }
    List<Long> running = new ArrayList<>();
    for (String xid : text.substring(text.lastIndexOf(':') + 1).split(",", -1)) {
      if (!xid.isEmpty()) {
        running.add(Long.parseLong(xid));
      }
    }
    return new Version(Snapshot.parse(text), running);
  }

  /** Whether the other one sees a transaction that this one does not. */
  boolean isBefore(Version other) {
    return snapshot.xmax() < other.snapshot.xmax()
        || inProgress.stream().anyMatch(other.snapshot::sees);
  }

  @Override
  public String toString() {
    return snapshot.toString();
  }
}
