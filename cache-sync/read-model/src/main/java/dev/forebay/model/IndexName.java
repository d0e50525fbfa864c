package dev.forebay.model;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;

/** Names for indexes that Forebay proposes: the same table and columns always give the same. */
public final class IndexName {

  /** PostgreSQL cuts longer names, and two could become one. */
  private static final int MOST_BYTES = 63;

  private static final String MARK = "_forebay";

  private IndexName() {}

  /** The name of a replica identity, unquoted. */
  public static String identity(TableName table) {
    return of(table.name(), MARK + "_identity");
  }

  /** The name of an index for links, unquoted. */
  public static String link(TableName table, List<String> columns) {
    return of(table.name() + "_" + String.join("_", columns), MARK);
  }

  private static String of(String what, String end) {
    byte[] whole = (what + end).getBytes(StandardCharsets.UTF_8);
    if (whole.length <= MOST_BYTES) {
      return what + end;
    }
    CRC32 sum = new CRC32();
    sum.update(whole);
    String tail = "_" + HexFormat.of().toHexDigits((int) sum.getValue()) + end;
    StringBuilder head = new StringBuilder();
    int room = MOST_BYTES - tail.length();
    for (int codePoint : what.codePoints().toArray()) {
      String one = Character.toString(codePoint);
      room -= one.getBytes(StandardCharsets.UTF_8).length;
      if (room < 0) {
        break;
      }
      head.append(one);
    }
    return head + tail;
  }
}
