package dev.forebay.api.row;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.resource.ResourceTable;

/**
 * What tells one state of a row from another, as SQL: the column that the resource names, else the
 * transaction that wrote the row. Where rows are routed to partitions PostgreSQL does not return
 * that, and a hash of the whole row stands in for it: it is the same again when the row is.
 */
sealed interface RowVersion {

  /** Of a resource's rows. */
  static RowVersion of(ResourceTable resource) {
    Column counter = resource.version();
    if (counter != null) {
      return new Counter(counter);
    }
    return resource.table().partitioned() ? new Hash() : new Transaction();
  }

  /** Of the row that a name stands for in a statement. */
  String of(String row);

  /** What an UPDATE sets besides; begins with a comma if it is anything. */
  default String next() {
    return "";
  }

  /** A column that every update makes one larger. */
  record Counter(Column column) implements RowVersion {
    @Override
    public String of(String row) {
      return row + "." + column.sql();
    }

    @Override
    public String next() {
      return ", " + column.sql() + " = t." + column.sql() + " + 1";
    }
  }

  /** The transaction that wrote the row. */
  record Transaction() implements RowVersion {
    @Override
    public String of(String row) {
      return row + ".xmin";
    }
  }

  /** A hash of all columns. */
  record Hash() implements RowVersion {
    @Override
    public String of(String row) {
      return "md5(" + row + "::text)";
    }
  }
}
