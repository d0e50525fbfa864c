package dev.forebay.api.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes {@link ColumnType}s from what {@link CatalogReader} selects. */
final class ColumnTypes {

  /** Every type modifier but -1 is stored with this added, in PostgreSQL's sources VARHDRSZ. */
  private static final int MODIFIER_OFFSET = 4;

  private ColumnTypes() {}

  static ColumnType read(ResultSet row) throws SQLException {
    int modifier = row.getInt("typmod");
    String sql = row.getString("sql_type");
    if (!row.getBoolean("is_array")) {
      return type(row.getString("type_name"), sql, modifier, labels(row, "labels"));
    }
    // An array's modifier is its elements'.
    ColumnType element =
        type(
            row.getString("element_name"),
            row.getString("element_sql_type"),
            modifier,
            labels(row, "element_labels"));
    return new ColumnType(Kind.ARRAY, sql, null, null, 0, List.of(), element);
  }

  static ColumnType type(@Nullable String name, String sql, int modifier, List<String> labels) {
    Kind kind = kind(name);
    boolean limited = modifier >= MODIFIER_OFFSET;
    Integer maxLength = kind == Kind.TEXT && limited ? modifier - MODIFIER_OFFSET : null;
    Integer precision =
        kind == Kind.NUMERIC && limited ? ((modifier - MODIFIER_OFFSET) >> 16) & 0xffff : null;
    int scale = precision == null ? 0 : scale(modifier);
    return new ColumnType(kind, sql, maxLength, precision, scale, labels, null);
  }

  /** The scale is the lowest eleven bits, signed. */
  private static int scale(int modifier) {
    return (((modifier - MODIFIER_OFFSET) & 0x7ff) ^ 1024) - 1024;
  }

  private static Kind kind(@Nullable String name) {
    return switch (name) {
      case "bool" -> Kind.BOOLEAN;
      case "int2" -> Kind.SMALLINT;
      case "int4" -> Kind.INTEGER;
      case "int8" -> Kind.BIGINT;
      case "numeric" -> Kind.NUMERIC;
      case "float4", "float8" -> Kind.FLOAT;
      case "text", "varchar", "bpchar", "*text" -> Kind.TEXT;
      case "*enum" -> Kind.ENUM;
      case "uuid" -> Kind.UUID;
      case "date" -> Kind.DATE;
      case "timestamp" -> Kind.TIMESTAMP;
      case "timestamptz" -> Kind.TIMESTAMPTZ;
      case "time" -> Kind.TIME;
      case "json", "jsonb" -> Kind.JSON;
      case null, default -> Kind.OTHER;
    };
  }

  private static List<String> labels(ResultSet row, String column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }
}
