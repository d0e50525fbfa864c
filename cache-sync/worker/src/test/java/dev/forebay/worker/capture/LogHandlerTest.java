package dev.forebay.worker.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import dev.forebay.worker.acknowledge.InFlightTransactions;
import dev.forebay.worker.lag.SyncLag;
import io.debezium.engine.DebeziumEngine.Offsets;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LogHandlerTest {

  private static final Schema TRANSACTION =
      SchemaBuilder.struct()
          .field("status", Schema.STRING_SCHEMA)
          .field("id", Schema.STRING_SCHEMA)
          .field("ts_ms", Schema.INT64_SCHEMA)
          .build();
  private static final Schema SOURCE =
      SchemaBuilder.struct()
          .field("schema", Schema.STRING_SCHEMA)
          .field("table", Schema.STRING_SCHEMA)
          .build();
  private static final Schema IMAGE =
      SchemaBuilder.struct().optional().field("id", Schema.INT32_SCHEMA).build();
  private static final Schema ROW =
      SchemaBuilder.struct()
          .field("op", Schema.STRING_SCHEMA)
          .field("source", SOURCE)
          .field("before", IMAGE)
          .field("after", IMAGE)
          .build();

  private record Event(SourceRecord record) implements RecordChangeEvent<SourceRecord> {}

  /** Remembers what was acknowledged. */
  private static final class Committer implements RecordCommitter<RecordChangeEvent<SourceRecord>> {
    private final List<RecordChangeEvent<SourceRecord>> processed = new ArrayList<>();

    @Override
    public void markProcessed(RecordChangeEvent<SourceRecord> record) {
      processed.add(record);
    }

    @Override
    public void markBatchFinished() {}

    @Override
    public void markProcessed(RecordChangeEvent<SourceRecord> record, Offsets offsets) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Offsets buildOffsets() {
      throw new UnsupportedOperationException();
    }
  }

  private final BlockingQueue<ChangeEvent> events = new ArrayBlockingQueue<>(10);
  private final Committer committer = new Committer();
  private boolean draining;
  private UnaryOperator<RowChange> trim = UnaryOperator.identity();
  private final LogHandler handler =
      new LogHandler(
          new InFlightTransactions<>(),
          10,
          new Outlet(events, () -> {}, change -> trim.apply(change)),
          new SyncLag(
              InstantSource.system(), Duration.ofSeconds(1), Optional::empty, Instant.EPOCH),
          new Attempt(reason -> {}),
          () -> draining);

  @Test
  void everyRowOfEveryBatch_isHandedOnWithBothImages() throws InterruptedException {
    handle(boundary("BEGIN", 7), row(1, 2));
    handle(row(2, 3), row(3, null), boundary("END", 7));
    handle(boundary("BEGIN", 8), row(null, 4), boundary("END", 8));

    assertThat(events).extracting(event -> event.cause().xid32()).containsExactly(7L, 7L, 7L, 8L);
    assertThat(events)
        .extracting(event -> ((ChangeEvent.Row) event).change())
        .containsExactly(change("1", "2"), change("2", "3"), change("3", null), change(null, "4"));
  }

  @Test
  void draining_readsTheTransactionToItsEndAndBeginsNoOther() throws InterruptedException {
    handle(boundary("BEGIN", 7), row(null, 1));
    draining = true;
    handle(row(null, 2), boundary("END", 7), boundary("BEGIN", 8), row(null, 3));
    handle(row(null, 4), boundary("END", 8), boundary("BEGIN", 9), boundary("END", 9));

    assertThat(events).extracting(event -> event.cause().xid32()).containsExactly(7L, 7L);
    events.remove().cause().release();
    events.remove().cause().release();
    handle(boundary("BEGIN", 10));
    assertThat(committer.processed).as("the end of the first, and nothing after it").hasSize(1);
  }

  @Test
  void row_isTrimmedBeforeItWaits() throws InterruptedException {
    trim = change -> new RowChange(change.table(), null, Map.of());

    handle(boundary("BEGIN", 7), row(1, 2), boundary("END", 7));

    assertThat(((ChangeEvent.Row) events.remove()).change().after()).isEmpty();
  }

  @Test
  void settledTransaction_isAcknowledgedByItsEndWhateverFollowedIt() throws InterruptedException {
    Event end = boundary("END", 7);
    handle(boundary("BEGIN", 7), row(null, 1), end);
    handle(boundary("BEGIN", 8), row(null, 2), boundary("END", 8));
    handle(boundary("BEGIN", 9), row(null, 3));
    assertThat(committer.processed).isEmpty();

    events.remove().cause().release();
    handle();

    assertThat(committer.processed).containsExactly(end);
  }

  @Test
  void halfATransaction_isNotAcknowledged() throws InterruptedException {
    Event end = boundary("END", 7);
    handle(boundary("BEGIN", 7), row(null, 1));
    events.remove().cause().release();
    handle();
    assertThat(committer.processed).isEmpty();

    handle(end);

    assertThat(committer.processed).containsExactly(end);
  }

  private void handle(Event... records) throws InterruptedException {
    handler.handleBatch(List.of(records), committer);
  }

  private static RowChange change(@Nullable String before, @Nullable String after) {
    return new RowChange(
        new TableName("public", "article"),
        before == null ? null : Map.of("id", before),
        after == null ? null : Map.of("id", after));
  }

  private static Event boundary(String status, long xid) {
    return event(
        "forebay-test" + ".transaction",
        new Struct(TRANSACTION).put("status", status).put("id", xid + ":100").put("ts_ms", 1_000L));
  }

  private static Event row(@Nullable Integer before, @Nullable Integer after) {
    return event(
        "forebay-test" + ".public.article",
        new Struct(ROW)
            .put("op", before == null ? "c" : after == null ? "d" : "u")
            .put("source", new Struct(SOURCE).put("schema", "public").put("table", "article"))
            .put("before", image(before))
            .put("after", image(after)));
  }

  private static @Nullable Struct image(@Nullable Integer id) {
    return id == null ? null : new Struct(IMAGE).put("id", id);
  }

  private static Event event(String topic, Struct value) {
    return new Event(new SourceRecord(Map.of(), Map.of(), topic, value.schema(), value));
  }
}
