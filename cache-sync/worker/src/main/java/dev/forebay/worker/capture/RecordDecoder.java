package dev.forebay.worker.capture;

import dev.forebay.model.RowChange;
import dev.forebay.model.TableName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Reads Debezium's records. Values become PostgreSQL's text, or are left out where they cannot. */
final class RecordDecoder {

  private static final String TRANSACTION_TOPIC = ".transaction";

  /**
   * A key of KV has at most 512 bytes, and no index holds a value this long: it can neither be nor
   * lead to a key, and the queue is bounded by events.
   */
  private static final int LONGEST = 8_192;

  private RecordDecoder() {}

  static LogRecord decode(SourceRecord record) {
    if (!(record.value() instanceof Struct value)) {
      return new LogRecord.Other();
    }
    if (isTransactionBoundary(record, value)) {
      return boundary(value);
    }
    if (value.schema().field("op") == null) {
      return new LogRecord.Other();
    }
    Struct source = value.getStruct("source");
    return switch (value.getString("op")) {
      case "c", "u", "d" -> new LogRecord.Row(row(source, value));
      case "t" -> new LogRecord.Truncate(table(source));
      case "m" -> message(source, value);
      default -> throw new IllegalStateException("unknown operation " + value.getString("op"));
    };
  }

  /** A user's table may have such a topic too, but its records have an operation. */
  private static boolean isTransactionBoundary(SourceRecord record, Struct value) {
    return record.topic().endsWith(TRANSACTION_TOPIC) && value.schema().field("op") == null;
  }

  private static LogRecord boundary(Struct value) {
    if (value.getString("status").equals("END")) {
      return new LogRecord.End();
    }
    // The id is "xid:lsn".
    String id = value.getString("id");
    int colon = id.indexOf(':');
    long xid32 = Long.parseLong(colon < 0 ? id : id.substring(0, colon));
    return new LogRecord.Begin(xid32, Instant.ofEpochMilli(value.getInt64("ts_ms")));
  }

  private static LogRecord message(Struct source, Struct value) {
    ByteBuffer content = (ByteBuffer) value.getStruct("message").get("content");
    return new LogRecord.Message(
        StandardCharsets.UTF_8.decode(content.duplicate()).toString(),
        Instant.ofEpochMilli(source.getInt64("ts_ms")));
  }

  private static RowChange row(Struct source, Struct value) {
    return new RowChange(
        table(source), image(value.getStruct("before")), image(value.getStruct("after")));
  }

  private static TableName table(Struct source) {
    return new TableName(source.getString("schema"), source.getString("table"));
  }

  private static @Nullable Map<String, @Nullable String> image(@Nullable Struct row) {
    if (row == null) {
      return null;
    }
    Map<String, @Nullable String> image = new HashMap<>();
    for (Field field : row.schema().fields()) {
      Object value = row.get(field);
      switch (value) {
        case null -> image.put(field.name(), null);
        case String text when text.equals(EngineProperties.UNAVAILABLE) -> {}
        case String text when text.length() > LONGEST -> {}
        case String text -> image.put(field.name(), text);
        case Number number -> image.put(field.name(), number.toString());
        case Boolean bool -> image.put(field.name(), bool.toString());
        case ByteBuffer bytes when bytes.remaining() > LONGEST -> {}
        case ByteBuffer bytes -> image.put(field.name(), hex(bytes));
        // Arrays and composites name no row and no key; routing does without them.
        default -> {}
      }
    }
    return image;
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return "\\x" + HexFormat.of().formatHex(copy);
  }
}
