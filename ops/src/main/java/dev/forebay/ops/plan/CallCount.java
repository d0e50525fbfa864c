package dev.forebay.ops.plan;

import dev.forebay.worker.SyncConfig;
import dev.forebay.worker.publish.Publisher;

/**
 * Counts the bulk writes that the worker makes while it goes through keys in their order: a batch
 * of keys at a time, of which it writes those that differ, in calls of limited size. Confined to
 * one thread.
 */
final class CallCount {

  private long calls;
  private int keys;
  private long bytes;
  private boolean open;

  /** The next key's document is written. */
  void written(int length) {
    if (!open || bytes + length > Publisher.CALL_BYTES) {
      calls++;
      open = true;
      bytes = 0;
    }
    bytes += length;
    next();
  }

  /** The next key costs nothing. */
  void skipped() {
    next();
  }

  private void next() {
    keys++;
    if (keys == SyncConfig.BATCH) {
      keys = 0;
      open = false;
      bytes = 0;
    }
  }

  long calls() {
    return calls;
  }
}
