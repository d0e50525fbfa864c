package dev.forebay.api.origin;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A source whose loads begin when the code wants and end when the test says so, with what it says.
 */
final class ScriptedSource implements DocumentSource {

  private static final int SECONDS = 10;

  /** How a load ends. */
  record End(@Nullable String json, String snapshot, String history, @Nullable Throwable fault) {}

  private final BlockingQueue<DocumentKey> begun = new LinkedBlockingQueue<>();
  private final SynchronousQueue<End> ends = new SynchronousQueue<>();
  private final AtomicInteger loads = new AtomicInteger();
  private final TestTicker ticker;

  ScriptedSource(TestTicker ticker) {
    this.ticker = ticker;
  }

  @Override
  public Version load(DocumentKey key) throws SQLException {
    loads.incrementAndGet();
    long taken = ticker.read();
    begun.add(key);
    try {
      End end = ends.poll(SECONDS, TimeUnit.SECONDS);
      if (end == null) {
        throw new AssertionError("the test has not ended this load");
      }
      switch (end.fault()) {
        case SQLException sql -> throw sql;
        case RuntimeException runtime -> throw runtime;
        case null, default -> {}
      }
      Snapshot snapshot = Snapshot.parse(end.snapshot());
      return Version.of(key, end.json(), snapshot, end.history(), Instant.EPOCH, taken);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  int loads() {
    return loads.get();
  }

  /** Waits until the next load has begun. */
  DocumentKey awaitLoad() throws InterruptedException {
    DocumentKey key = begun.poll(SECONDS, TimeUnit.SECONDS);
    if (key == null) {
      throw new AssertionError("no load has begun");
    }
    return key;
  }

  /** Ends a load that runs. */
  void end(@Nullable String json, String snapshot) throws InterruptedException {
    end(new End(json, snapshot, "h1", null));
  }

  void end(End end) throws InterruptedException {
    if (!ends.offer(end, SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no load waits");
    }
  }
}
