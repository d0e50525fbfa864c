package dev.forebay.ops.mend;

import dev.forebay.model.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How one publication publishes one table, also through its schema, its partition root or FOR ALL
 * TABLES.
 *
 * @param operations as CREATE PUBLICATION names them
 * @param columns null for all
 * @param filter SQL over the table's columns, or null
 * @param stored whether stored generated columns are published
 */
record Published(
    String publication,
    String operations,
    @Nullable List<String> columns,
    @Nullable String filter,
    boolean stored) {

  /** The first that can publish generated columns. */
  static final int STORED_SINCE = 18;

  /**
   * A filter and a list of columns stand with the relation whose name the log carries: the
   * partition itself, or the topmost ancestor that the publication names.
   */
  private static final String OF_TABLE =
      """
      with family as (
        select ?::regclass::oid as oid, 1 as depth
        union
        select relid::oid, depth::int
        from pg_partition_ancestors(?::regclass) with ordinality a(relid, depth))
      select p.pubname,
             concat_ws(', ', case when p.pubinsert then 'insert' end,
                             case when p.pubupdate then 'update' end,
                             case when p.pubdelete then 'delete' end,
                             case when p.pubtruncate then 'truncate' end),
             (select array_agg(a.attname::text)
              from unnest(r.prattrs::int2[]) k(attnum)
              join pg_attribute a on a.attrelid = r.prrelid and a.attnum = k.attnum),
             pg_get_expr(r.prqual, r.prrelid),
             to_jsonb(p) ->> 'pubgencols' is not distinct from 's'
      from pg_publication p
      join lateral (
        select max(f.depth) as depth
        from family f
        join pg_class c on c.oid = f.oid
        where p.puballtables
           or exists (select from pg_publication_rel r
                      where r.prpubid = p.oid and r.prrelid = f.oid)
           or exists (select from pg_publication_namespace n
                      where n.pnpubid = p.oid and n.pnnspid = c.relnamespace)) top
        on top.depth is not null
      join family named on named.depth = case when p.pubviaroot then top.depth else 1 end
      left join pg_publication_rel r on r.prpubid = p.oid and r.prrelid = named.oid
      order by p.pubname\
      """;

  /** All that publish a table. */
  static List<Published> of(Connection connection, TableName table) throws SQLException {
    List<Published> published = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(OF_TABLE)) {
      statement.setString(1, table.sql());
      statement.setString(2, table.sql());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Array columns = row.getArray(3);
          published.add(
              new Published(
                  row.getString(1),
                  row.getString(2),
                  columns == null ? null : List.of((String[]) columns.getArray()),
                  row.getString(4),
                  row.getBoolean(5)));
        }
      }
    }
    return published;
  }

  /** What ours is once it carries every change. */
  static Published ours(String name, boolean stored) {
    return new Published(name, "insert, update, delete, truncate", null, null, stored);
  }

  /** A publication of this kind for one other table. */
  String create(String name, TableName copy, int version) {
    return "CREATE PUBLICATION "
        + TableName.quote(name)
        + " FOR TABLE "
        + copy.sql()
        + (columns == null
            ? ""
            : columns.stream().map(TableName::quote).collect(Collectors.joining(", ", " (", ")")))
        + (filter == null ? "" : " WHERE (" + filter + ")")
        + " WITH (publish = '"
        + operations
        + "'"
        + (version >= STORED_SINCE
            ? ", publish_generated_columns = " + (stored ? "stored" : "none")
            : "")
        + ")";
  }
}
