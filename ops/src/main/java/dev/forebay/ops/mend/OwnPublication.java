package dev.forebay.ops.mend;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The publication of this instance as it is.
 *
 * @param stored whether it publishes stored generated columns
 * @param tables with rows that it publishes: of a partitioned one its partitions
 */
record OwnPublication(String name, boolean exists, boolean stored, List<TableName> tables) {

  private static final String OPTIONS =
      """
      select to_jsonb(p) ->> 'pubgencols' is not distinct from 's'
      from pg_publication p where pubname = ?\
      """;

  private static final String TABLES =
      """
      select distinct n.nspname, leaf.relname
      from pg_publication_tables t
      join pg_namespace tn on tn.nspname = t.schemaname
      join pg_class c on c.relnamespace = tn.oid and c.relname = t.tablename
      left join lateral pg_partition_tree(c.oid) tree on tree.isleaf
      join pg_class leaf on leaf.oid = coalesce(tree.relid::oid, c.oid)
      join pg_namespace n on n.oid = leaf.relnamespace
      where t.pubname = ?
      order by 1, 2\
      """;

  static OwnPublication read(Connection connection, String name) throws SQLException {
    boolean exists;
    boolean stored;
    try (PreparedStatement statement = connection.prepareStatement(OPTIONS)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        exists = row.next();
        stored = exists && row.getBoolean(1);
      }
    }
    List<TableName> tables = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          tables.add(new TableName(row.getString(1), row.getString(2)));
        }
      }
    }
    return new OwnPublication(name, exists, stored, List.copyOf(tables));
  }

  /** Publishes stored generated columns from now on; the worker adds the tables of a new one. */
  String publishStored() {
    return exists
        ? "ALTER PUBLICATION "
            + TableName.quote(name)
            + " SET (publish_generated_columns = stored);"
        : "CREATE PUBLICATION "
            + TableName.quote(name)
            + " WITH (publish_via_partition_root = true, publish_generated_columns = stored);";
  }

  OwnPublication withStored() {
    return new OwnPublication(name, true, true, tables);
  }
}
