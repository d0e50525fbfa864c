package dev.forebay.model.catalog;

import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A cheap look at the catalog: a hash that differs when compiling models again may give something
 * else. It tells nothing of rows, and it may differ for nothing.
 */
public final class CatalogFingerprint {

  /**
   * An altered row of the catalog is a new one, with another xmin. Of the file only partitions tell
   * something that the log does not; of pg_class's own xmin nothing, for it changes too often.
   */
  private static final String HASH =
      """
      with recursive top as (
        select c.oid
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
          and n.nspname not in ('pg_catalog', 'information_schema')
          and n.nspname !~ '^pg_(toast|temp)'
          and (?::text[] is null or (n.nspname::text, c.relname::text) in (
                select * from unnest(?::text[], ?::text[])))
      ), relation as (
        select oid from top
        union
        select i.inhrelid from relation r join pg_inherits i on i.inhparent = r.oid
      )
      select md5(string_agg(line, E'\\n' order by line collate "C"))
      from (
        select concat_ws(' ', 'relation', c.oid, n.nspname, c.relname, c.relkind, c.relpersistence,
                 c.relreplident, c.relhassubclass, c.relrowsecurity, c.relforcerowsecurity,
                 c.relacl, n.nspacl,
                 case when c.relispartition then c.relfilenode end) as line
        from relation join pg_class c using (oid) join pg_namespace n on n.oid = c.relnamespace
        union all
        select concat_ws(' ', 'partition', i.inhrelid, i.inhparent, i.xmin)
        from relation join pg_inherits i on i.inhrelid = oid
        union all
        select concat_ws(' ', 'column', a.attrelid, a.attnum, a.attname, a.atttypid, a.xmin)
        from relation join pg_attribute a on a.attrelid = oid
        where a.attnum > 0 and not a.attisdropped
        union all
        select concat_ws(' ', 'index', x.indexrelid, x.indkey, x.indisunique, x.indisprimary,
                 x.indimmediate, x.indisreplident, x.indisvalid)
        from relation join pg_index x on x.indrelid = oid
        union all
        select concat_ws(' ', 'constraint', f.oid, f.conrelid, f.conkey, f.confrelid, f.confkey,
                 f.convalidated)
        from relation join pg_constraint f on f.conrelid = relation.oid
        union all
        select concat_ws(' ', 'label', e.enumtypid, e.enumsortorder, e.enumlabel) from pg_enum e
        union all
        select concat_ws(' ', 'function', p.oid, p.xmin)
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname not in ('pg_catalog', 'information_schema')
        union all
        select concat_ws(' ', 'view', w.ev_class, w.xmin)
        from pg_rewrite w
        join pg_class c on c.oid = w.ev_class
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema')
          and n.nspname !~ '^pg_(toast|temp)'
      ) lines
      """;

  private CatalogFingerprint() {}

  /** The hash over some tables, their partitions, and all types, functions and views of users. */
  public static String of(Connection connection, Collection<TableName> tables) throws SQLException {
    return hash(
        connection,
        tables.stream().map(TableName::schema).toArray(),
        tables.stream().map(TableName::name).toArray());
  }

  /** The hash over all tables of all users: what a model lacks may come back anywhere. */
  public static String ofAll(Connection connection) throws SQLException {
    return hash(connection, null, null);
  }

  private static String hash(
      Connection connection, Object @Nullable [] schemas, Object @Nullable [] names)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HASH)) {
      statement.setArray(1, schemas == null ? null : connection.createArrayOf("text", schemas));
      statement.setArray(2, schemas == null ? null : connection.createArrayOf("text", schemas));
      statement.setArray(3, names == null ? null : connection.createArrayOf("text", names));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String hash = row.getString(1);
        return hash == null ? "" : hash;
      }
    }
  }
}
