package dev.forebay.model.compile;

import dev.forebay.model.FanOut;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.CatalogReader;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.ForebayFileReader;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Turns forebay.yaml into read models that are checked against a database. */
public final class ModelCompiler {

  /** The oldest that tells whether a text is valid input of a type without failing. */
  private static final int OLDEST_POSTGRES = 16;

  /**
   * Names are resolved as in a snapshot session. Temporary views need a transaction that may write;
   * it is always rolled back.
   */
  private static final String PIN =
      """
      set transaction isolation level repeatable read read write;
      set local search_path = pg_catalog\
      """;

  private final Connection connection;
  private final Problems problems;
  private final String text;

  /** Models whose every name and expression is known to the database. */
  private final List<Compiled> resolved = new ArrayList<>();

  /** Those of them of which the log carries all that it must. */
  private final List<Compiled> fitting = new ArrayList<>();

  private final Map<String, String> stopped = new HashMap<>();
  private final Set<String> misfits = new TreeSet<>();
  private final List<Resource> resources = new ArrayList<>();

  private ModelCompiler(Connection connection, Problems problems, String text) {
    this.text = text;
    this.connection = connection;
    this.problems = problems;
  }

  /**
   * Compiles a file. Reads the catalog and no user's row; changes nothing.
   *
   * @param forebayYaml the file, at most 1 MiB
   * @param connection outside any transaction; left as it was found
   * @throws InvalidSetupException with every problem of the file, by line; do not start
   * @throws SQLException if the database cannot be asked; try again
   */
  public static ReadModels compile(Path forebayYaml, Connection connection) throws SQLException {
    return compileText(read(forebayYaml), connection);
  }

  /**
   * Compiles the text of a file, see {@link #compile}.
   *
   * @param text at most 1 Mi characters
   */
  public static ReadModels compileText(String text, Connection connection) throws SQLException {
    return run(text, connection, (compiler, file) -> compiler.compile(file));
  }

  /**
   * Compiles the models that fit the database and leaves the others out: {@link
   * ReadModels#stopped()} says which, and why. For a worker that runs already; what clients may
   * write is left out too.
   *
   * @param text of a file that has been compiled before
   * @throws InvalidSetupException for what concerns all models: the file itself, the database's
   *     version, what the role may do
   */
  public static ReadModels compileFitting(String text, Connection connection) throws SQLException {
    return run(text, connection, (compiler, file) -> compiler.compileFitting(file));
  }

  /**
   * Says everything of a file: what is wrong with it, what fits the database all the same, and what
   * the models will cost by PostgreSQL's statistics.
   *
   * @throws InvalidSetupException for what concerns all models: a file that cannot be read, the
   *     database's version, what the role may do
   */
  public static Examined examine(Path forebayYaml, Connection connection) throws SQLException {
    return run(read(forebayYaml), connection, (compiler, file) -> compiler.examine(file));
  }

  /**
   * What there is to say of a file.
   *
   * @param models that fit the database, and the others as {@link ReadModels#stopped()}
   * @param problems all that is wrong, by line; empty: everything is declared well
   * @param misfits the paths of what has problems with the database, {@code models.note}; for
   *     mistakes of the file itself also {@link #FILE}
   * @param tables of all models that could be resolved, also of those whose changes the log does
   *     not carry
   * @param warnings with which the models work all the same
   * @param paths one for each place of a table in each resolved model, in the order of the file
   */
  public record Examined(
      ReadModels models,
      List<Problem> problems,
      Set<String> misfits,
      SortedSet<TableName> tables,
      List<Problem> warnings,
      List<FanOut> paths) {

    /** The path of the file as a whole. */
    public static final String FILE = "";

    public Examined {
      problems = List.copyOf(problems);
      misfits = Set.copyOf(misfits);
      tables = Collections.unmodifiableSortedSet(new TreeSet<>(tables));
      warnings = List.copyOf(warnings);
      paths = List.copyOf(paths);
    }
  }

  private interface Work<T> {
    T of(ModelCompiler compiler, ForebayFile file) throws SQLException;
  }

  private static String read(Path forebayYaml) {
    Problems problems = new Problems();
    String text = new ForebayFileReader(problems).text(forebayYaml);
    problems.throwIfAny();
    return Objects.requireNonNull(text);
  }

  private static <T> T run(String text, Connection connection, Work<T> work) throws SQLException {
    Problems problems = new Problems();
    ForebayFile file = new ForebayFileReader(problems).read(text);
    if (file.models().isEmpty() && file.resources().isEmpty()) {
      problems.throwIfAny();
      problems.add(Location.TOP, "The file declares nothing.", "Add a model under 'models'.");
    }
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < OLDEST_POSTGRES) {
      problems.add(
          "database",
          "PostgreSQL " + version + " is too old.",
          "Use PostgreSQL " + OLDEST_POSTGRES + " or newer.");
      problems.throwIfAny();
    }
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(PIN);
      checkTemporary(statement, problems);
      return work.of(new ModelCompiler(connection, problems, text), file);
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
    }
  }

  private static void checkTemporary(Statement statement, Problems problems) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            """
            select has_database_privilege(current_database(), 'TEMPORARY'),
                   format('GRANT TEMPORARY ON DATABASE %I TO %I;', current_database(), current_user)\
            """)) {
      row.next();
      if (!row.getBoolean(1)) {
        problems.add(
            "database",
            "The role may not make temporary views, in which SQL of the file is checked.",
            null,
            new Mend.Manual(List.of(row.getString(2))));
        problems.throwIfAny();
      }
    }
  }

  private ReadModels compile(ForebayFile file) throws SQLException {
    compileAll(file);
    problems.throwIfAny();
    return models();
  }

  private ReadModels compileFitting(ForebayFile file) throws SQLException {
    problems.throwIfAny();
    compileModels(file, new CatalogReader(connection).read());
    return models();
  }

  private Examined examine(ForebayFile file) throws SQLException {
    if (problems.count() > 0) {
      misfits.add(Examined.FILE);
    }
    compileAll(file);
    Advice advice = Advice.of(connection, resolved);
    SortedSet<TableName> tables = new TreeSet<>();
    resolved.forEach(one -> tables.addAll(one.model().tables()));
    return new Examined(
        models(), problems.list(), misfits, tables, advice.warnings(), advice.paths());
  }

  private void compileAll(ForebayFile file) throws SQLException {
    Catalog catalog = new CatalogReader(connection).read();
    compileModels(file, catalog);
    for (ForebayFile.ResourceEntry entry : file.resources()) {
      Problems its = new Problems();
      RelationResolver relations =
          new RelationResolver(catalog, new Probe(connection, catalog, its, false), its);
      List<Resource> resolvedOnes = new ResourceResolver(relations, its).resolve(List.of(entry));
      problems.addAll(its);
      if (its.count() == 0) {
        resources.addAll(resolvedOnes);
      } else {
        misfits.add("resources." + entry.name().value());
      }
    }
  }

  /** Each model with problems of its own, so that a bad one takes no other along. */
  private void compileModels(ForebayFile file, Catalog catalog) throws SQLException {
    IdentityCheck together = new IdentityCheck();
    for (ForebayFile.ModelEntry entry : file.models()) {
      Problems its = new Problems();
      IdentityCheck identities = new IdentityCheck();
      Compiled one = new EntryCompiler(connection, catalog, its, identities).compile(entry);
      problems.addAll(its);
      together.addAll(identities);
      if (one != null && its.count() == 0) {
        resolved.add(one);
      }
      identities.report(its);
      if (one != null && its.count() == 0) {
        fitting.add(one);
      } else {
        stopped.put(entry.name().value(), reason(its.list()));
        misfits.add("models." + entry.name().value());
      }
    }
    together.report(problems);
  }

  private static String reason(List<Problem> found) {
    if (found.isEmpty()) {
      return "it does not fit the database";
    }
    Problem first = found.getFirst();
    if (first.mend() instanceof Mend.Identity identity && identity.tables().size() > 1) {
      // The first of them is the partitioned table.
      return first + " Partitions: " + identity.tables().subList(1, identity.tables().size());
    }
    return first.toString();
  }

  private ReadModels models() {
    List<Route> routes = fitting.stream().flatMap(one -> one.routes().stream()).toList();
    return new ReadModels(
        fitting.stream().map(Compiled::model).toList(),
        new CompiledRouter(routes),
        resources,
        text,
        stopped);
  }
}
