package dev.forebay.ops.mend;

import dev.forebay.model.IndexName;
import dev.forebay.model.Instance;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds SQL for problems, and proves what could break the user's own writes before it says it.
 * Changes nothing.
 */
public final class Mender {

  private static final String SLOW =
      "It takes time and disk, and blocks nobody; a transaction that stays open delays it.";

  private static final String LONG_VALUES =
      "Not run by --apply: rows whose values together are longer than about 2,700 bytes could no"
          + " longer be stored.";

  private final Connection connection;
  private final Proof proof;
  private OwnPublication ours;

  /**
   * @param connection outside any transaction, of a role that may CREATE on the database
   */
  public Mender(Connection connection, Instance instance) throws SQLException {
    this.connection = connection;
    this.ours = OwnPublication.read(connection, instance.databaseName());
    this.proof = new Proof(connection, ours.name());
  }

  /** Returns what can be done about those problems that carry a mend, each mend once. */
  public List<Fix> fixes(List<Problem> problems) throws SQLException {
    Set<Mend> done = new HashSet<>();
    List<Fix> fixes = new ArrayList<>();
    for (Problem problem : problems) {
      Mend mend = problem.mend();
      if (mend != null && done.add(mend)) {
        fixes.add(fix(problem, mend));
      }
    }
    return fixes;
  }

  private Fix fix(Problem problem, Mend mend) throws SQLException {
    return switch (mend) {
      case Mend.Identity identity -> identity(problem, identity);
      case Mend.Publication publication -> publication(problem, publication);
      case Mend.Index index -> new Fix(problem, List.of(SLOW), steps(index));
      case Mend.Analyze analyze ->
          new Fix(problem, List.of(), List.of(new Step.Alone(analyze.sql(), null)));
      case Mend.Manual manual ->
          new Fix(
              problem,
              List.of("Run as administrator:"),
              manual.sql().stream().<Step>map(Step.ByHand::new).toList());
    };
  }

  private static List<Step> steps(Mend.Index index) {
    return index.tables().stream()
        .<Step>map(table ->
            new Step.Alone(
                index.sql(table),
                new TableName(table.schema(), IndexName.link(table, index.columns()))))
        .toList();
  }

  private Fix identity(Problem problem, Mend.Identity mend) throws SQLException {
    List<String> refusals = new ArrayList<>();
    for (Mend.Way way : mend.ways()) {
      Optional<String> refusal = proof.refusal(mend.tables(), way, ours.stored());
      if (refusal.isEmpty()) {
        return accepted(problem, mend.tables(), way);
      }
      refusals.add(refused(way, refusal.get()));
    }
    return publishingStored(problem, mend.tables())
        .orElseGet(() -> {
          List<String> notes = new ArrayList<>();
          notes.add("Nothing was found that your own writes of this table would survive.");
          notes.addAll(refusals);
          return new Fix(problem, notes, List.of());
        });
  }

  private static String refused(Mend.Way way, String words) {
    String identity =
        switch (way) {
          case Mend.Existing existing -> "the identity of index " + existing.index();
          case Mend.Made ignored -> "the identity of a new index";
          case Mend.Full ignored -> "identity FULL";
        };
    return "With " + identity + " PostgreSQL says: " + words;
  }

  private Fix accepted(Problem problem, List<TableName> tables, Mend.Way way) throws SQLException {
    List<String> alter = tables.stream().map(table -> alter(table, way)).toList();
    Step together = new Step.Together(alter, writes(tables));
    if (!(way instanceof Mend.Made made)) {
      return new Fix(problem, List.of(), List.of(together));
    }
    TableName table = tables.getFirst();
    String create =
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "
            + TableName.quote(made.index())
            + " ON "
            + table.sql()
            + made.columns().stream()
                .map(TableName::quote)
                .collect(Collectors.joining(", ", " (", ");"));
    return made.fits()
        ? new Fix(
            problem,
            List.of(SLOW),
            List.of(new Step.Alone(create, new TableName(table.schema(), made.index())), together))
        : new Fix(
            problem,
            List.of(LONG_VALUES),
            List.of(new Step.ByHand(create), new Step.ByHand(alter.getFirst())));
  }

  private static String alter(TableName table, Mend.Way way) {
    String identity =
        switch (way) {
          case Mend.Existing existing -> "USING INDEX " + TableName.quote(existing.index());
          case Mend.Made made -> "USING INDEX " + TableName.quote(made.index());
          case Mend.Full ignored -> "FULL";
        };
    return "ALTER TABLE " + table.sql() + " REPLICA IDENTITY " + identity + ";";
  }

  /** Stored generated columns may stand in an identity if every publication publishes them. */
  private Optional<Fix> publishingStored(Problem problem, List<TableName> tables)
      throws SQLException {
    Mend.Way full = new Mend.Full();
    if (ours.stored()
        || connection.getMetaData().getDatabaseMajorVersion() < Published.STORED_SINCE
        || proof.refusal(tables, full, true).isPresent()
        || proof.refusal(ours.tables(), null, true).isPresent()) {
      return Optional.empty();
    }
    List<String> sql = new ArrayList<>();
    sql.add(ours.publishStored());
    tables.forEach(table -> sql.add(alter(table, full)));
    Set<TableName> written = new LinkedHashSet<>(tables);
    written.addAll(ours.tables());
    ours = ours.withStored();
    return Optional.of(
        new Fix(
            problem,
            List.of("The log then carries stored generated columns, too."),
            List.of(new Step.Together(sql, writes(List.copyOf(written))))));
  }

  private Fix publication(Problem problem, Mend.Publication mend) throws SQLException {
    return proof
        .refusal(ours.tables(), null, ours.stored())
        .map(refusal ->
            new Fix(
                problem,
                List.of(
                    "Writes of a published table would fail, so mend its replica identity first.",
                    "PostgreSQL says: " + refusal),
                List.of()))
        .orElse(
            new Fix(
                problem,
                List.of("Start forebay sync again afterwards."),
                List.of(new Step.Together(mend.sql(), writes(ours.tables())))));
  }

  private List<String> writes(List<TableName> tables) throws SQLException {
    List<String> writes = new ArrayList<>();
    for (TableName table : tables) {
      writes.addAll(Writes.of(connection, table));
    }
    return writes;
  }
}
