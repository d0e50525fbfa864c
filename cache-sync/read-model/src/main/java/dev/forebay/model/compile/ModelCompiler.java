package dev.forebay.model.compile;

import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Resource;
import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.CatalogReader;
import dev.forebay.model.closed.Dependencies;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.ForebayFileReader;
import dev.forebay.model.file.Problems;
import dev.forebay.model.sql.AffectedSql;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Tree;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

  private ModelCompiler(Connection connection, Problems problems) {
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
    Problems problems = new Problems();
    ForebayFile file = new ForebayFileReader(problems).read(forebayYaml);
    if (file.models().isEmpty() && file.resources().isEmpty()) {
      problems.throwIfAny();
      problems.add(1, "The file declares nothing.", "Add a model under 'models'.");
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
      return new ModelCompiler(connection, problems).compile(file);
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
            "Run: " + row.getString(2));
        problems.throwIfAny();
      }
    }
  }

  private ReadModels compile(ForebayFile file) throws SQLException {
    Catalog catalog = new CatalogReader(connection).read();
    IdentityCheck identities = new IdentityCheck(problems);
    Map<Tree, Integer> trees = new LinkedHashMap<>();
    for (ForebayFile.ModelEntry entry : file.models()) {
      Probe probe = new Probe(connection, catalog, problems, entry.refresh() != null);
      RelationResolver relations = new RelationResolver(catalog, probe, problems);
      ColumnResolver columns = new ColumnResolver(relations, probe, problems);
      OrderResolver orders = new OrderResolver(relations, probe);
      TreeResolver resolver = new TreeResolver(relations, columns, orders, problems);
      Tree tree = resolver.resolve(entry);
      if (tree != null) {
        trees.put(tree, entry.name().line());
        identities.add(tree, resolver.lines());
      }
    }
    identities.report();
    Probe probe = new Probe(connection, catalog, problems, false);
    RelationResolver relations = new RelationResolver(catalog, probe, problems);
    List<Resource> resources = new ResourceResolver(relations, problems).resolve(file.resources());
    List<CompiledModel> models = new ArrayList<>();
    List<Route> routes = new ArrayList<>();
    for (Map.Entry<Tree, Integer> entry : trees.entrySet()) {
      CompiledModel model = new CompiledModel(entry.getKey());
      models.add(model);
      List<Route> ofModel = routes(entry.getKey(), model);
      routes.addAll(ofModel);
      Tree tree = entry.getKey();
      probe(
          new Probe(connection, catalog, problems, tree.refresh() != null),
          entry.getValue(),
          model,
          ofModel);
    }
    problems.throwIfAny();
    return new ReadModels(models, new CompiledRouter(routes), resources);
  }

  private static List<Route> routes(Tree tree, CompiledModel model) {
    List<Route> routes = new ArrayList<>();
    for (Occurrence occurrence : tree.occurrences()) {
      routes.add(
          tree.root() == null
              ? new Route(model, occurrence.table().name(), List.of(), null)
              : new Route(
                  model,
                  occurrence.table().name(),
                  tree.routeColumns(occurrence),
                  AffectedSql.of(tree, occurrence)));
    }
    return routes;
  }

  /** What passed every check of a name or expression must also work as a whole. */
  private static void probe(Probe probe, int line, CompiledModel model, List<Route> routes)
      throws SQLException {
    String what = "The model '" + model.name() + "'";
    boolean works = probe.runs(line, what, model.buildSql());
    // The user's own SQL in it was checked where it stands, so only the tables are left.
    Dependencies found = works ? probe.dependencies(line, what, model.buildSql()) : null;
    works = found != null && probe.isCovered(line, what, found, model.tables(), model.tables());
    for (Route route : routes) {
      if (works && route.sql() != null) {
        works = probe.runs(line, "A path of '" + model.name() + "'", route.sql());
      }
    }
  }
}
