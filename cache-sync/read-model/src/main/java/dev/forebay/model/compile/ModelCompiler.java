package dev.forebay.model.compile;

import dev.forebay.model.FanOut;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Mend;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.CatalogReader;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.closed.Dependencies;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.ForebayFileReader;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.sql.AffectedSql;
import dev.forebay.model.sql.QuerySql;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Query;
import dev.forebay.model.tree.Tree;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
  private final List<Compiled> compiled = new ArrayList<>();

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
   * Compiles a file as {@link #compile} does, and asks PostgreSQL's statistics what the models will
   * cost.
   */
  public static Examined examine(Path forebayYaml, Connection connection) throws SQLException {
    return run(
        read(forebayYaml),
        connection,
        (compiler, file) -> {
          ReadModels models = compiler.compile(file);
          Advice advice = Advice.of(connection, compiler.compiled);
          return new Examined(models, advice.warnings(), advice.paths());
        });
  }

  /**
   * Models and what there is to say of them.
   *
   * @param warnings with which they work all the same
   * @param paths one for each place of a table in each model, in the order of the file
   */
  public record Examined(ReadModels models, List<Problem> warnings, List<FanOut> paths) {
    public Examined {
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
    Catalog catalog = new CatalogReader(connection).read();
    IdentityCheck identities = new IdentityCheck(problems);
    for (ForebayFile.ModelEntry entry : file.models()) {
      Compiled one = compileModel(entry, catalog, identities);
      if (one != null) {
        compiled.add(one);
      }
    }
    identities.report();
    Probe probe = new Probe(connection, catalog, problems, false);
    RelationResolver relations = new RelationResolver(catalog, probe, problems);
    List<Resource> resources = new ResourceResolver(relations, problems).resolve(file.resources());
    problems.throwIfAny();
    return models(resources, Map.of());
  }

  /** Each model with problems of its own, so that a bad one takes no other along. */
  private ReadModels compileFitting(ForebayFile file) throws SQLException {
    problems.throwIfAny();
    Catalog catalog = new CatalogReader(connection).read();
    Map<String, String> stopped = new HashMap<>();
    for (ForebayFile.ModelEntry entry : file.models()) {
      Problems its = new Problems();
      IdentityCheck identities = new IdentityCheck(its);
      Compiled one =
          new ModelCompiler(connection, its, text).compileModel(entry, catalog, identities);
      identities.report();
      if (one != null && its.count() == 0) {
        compiled.add(one);
      } else {
        stopped.put(entry.name().value(), reason(its.list()));
      }
    }
    return models(List.of(), stopped);
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

  private ReadModels models(List<Resource> resources, Map<String, String> stopped) {
    List<Route> routes = compiled.stream().flatMap(one -> one.routes().stream()).toList();
    return new ReadModels(
        compiled.stream().map(Compiled::model).toList(),
        new CompiledRouter(routes),
        resources,
        text,
        stopped);
  }

  private @Nullable Compiled compileModel(
      ForebayFile.ModelEntry entry, Catalog catalog, IdentityCheck identities) throws SQLException {
    Probe probe = new Probe(connection, catalog, problems, entry.refresh() != null);
    RelationResolver relations = new RelationResolver(catalog, probe, problems);
    return entry.query() == null
        ? compileTree(entry, probe, relations, identities)
        : compileQuery(entry, entry.query(), probe, relations, identities);
  }

  private @Nullable Compiled compileTree(
      ForebayFile.ModelEntry entry,
      Probe probe,
      RelationResolver relations,
      IdentityCheck identities)
      throws SQLException {
    ColumnResolver columns = new ColumnResolver(relations, probe, problems);
    OrderResolver orders = new OrderResolver(relations, probe);
    TreeResolver resolver = new TreeResolver(relations, columns, orders, problems);
    Tree tree = resolver.resolve(entry);
    if (tree == null) {
      return null;
    }
    identities.add(tree, resolver.locations());
    CompiledModel model = new CompiledModel(tree);
    List<Route> routes = new ArrayList<>();
    List<Location> places = new ArrayList<>();
    for (Occurrence occurrence : tree.occurrences()) {
      places.add(resolver.locations().getOrDefault(occurrence, Location.TOP));
      routes.add(
          tree.root() == null
              ? new Route(model, occurrence.table().name(), List.of(), null)
              : new Route(
                  model,
                  occurrence.table().name(),
                  tree.routeColumns(occurrence),
                  AffectedSql.of(tree, occurrence)));
    }
    Compiled one =
        new Compiled(
            model,
            routes,
            places,
            resolver.locations(),
            tree.occurrences().stream().map(Occurrence::table).toList());
    if (works(probe, entry.name().at(), one)) {
      // The user's own SQL in it was checked where it stands, so only the tables are left.
      String what = "The model '" + model.name() + "'";
      Dependencies found = probe.dependencies(entry.name().at(), what, model.buildSql());
      if (found != null) {
        probe.isCovered(entry.name().at(), what, found, model.tables(), model.tables(), null);
      }
    }
    return one;
  }

  private @Nullable Compiled compileQuery(
      ForebayFile.ModelEntry entry,
      ForebayFile.Query declared,
      Probe probe,
      RelationResolver relations,
      IdentityCheck identities)
      throws SQLException {
    Query query =
        new QueryResolver(relations, probe, identities, problems).resolve(entry, declared);
    if (query == null) {
      return null;
    }
    CompiledModel model = new CompiledModel(query);
    List<Route> routes = new ArrayList<>();
    List<Location> places = new ArrayList<>();
    Iterator<ForebayFile.Dependency> dependencies = declared.dependsOn().iterator();
    for (Query.Source source : query.sources()) {
      Location at = dependencies.next().table().at();
      if (source.keys() != null) {
        places.add(at);
        String sql = QuerySql.affected(query, source);
        routes.add(new Route(model, source.table().name(), source.columns(), sql));
      } else if (query.key().columns().isEmpty()) {
        places.add(at);
        routes.add(new Route(model, source.table().name(), List.of(), null));
      }
    }
    List<Table> tables = query.sources().stream().map(Query.Source::table).toList();
    Compiled one = new Compiled(model, routes, places, Map.of(), tables);
    works(probe, declared.sql().at(), one);
    return one;
  }

  /** What passed every check of a name or expression must also work as a whole. */
  private static boolean works(Probe probe, Location at, Compiled one) throws SQLException {
    String name = one.model().name();
    boolean works = probe.runs(at, "The model '" + name + "'", one.model().buildSql());
    for (Route route : one.routes()) {
      if (works && route.sql() != null) {
        works = probe.runs(at, "A path of '" + name + "'", route.sql());
      }
    }
    return works;
  }
}
