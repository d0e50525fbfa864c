package dev.forebay.model.compile;

import dev.forebay.model.catalog.Catalog;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.closed.Dependencies;
import dev.forebay.model.file.ForebayFile;
import dev.forebay.model.file.Location;
import dev.forebay.model.file.Problems;
import dev.forebay.model.sql.AffectedSql;
import dev.forebay.model.sql.QuerySql;
import dev.forebay.model.tree.Occurrence;
import dev.forebay.model.tree.Query;
import dev.forebay.model.tree.Tree;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles one model of the file, and says what its tables' replica identities must carry. For one
 * thread, in the compiler's transaction.
 */
final class EntryCompiler {

  private final Connection connection;
  private final Catalog catalog;
  private final Problems problems;
  private final IdentityCheck identities;

  EntryCompiler(
      Connection connection, Catalog catalog, Problems problems, IdentityCheck identities) {
    this.connection = connection;
    this.catalog = catalog;
    this.problems = problems;
    this.identities = identities;
  }

  /** Returns the model; null, with a problem, if it cannot be resolved. */
  @Nullable Compiled compile(ForebayFile.ModelEntry entry) throws SQLException {
    Probe probe = new Probe(connection, catalog, problems, entry.cadence().refresh() != null);
    RelationResolver relations = new RelationResolver(catalog, probe, problems);
    return entry.query() == null
        ? compileTree(entry, probe, relations)
        : compileQuery(entry, entry.query(), probe, relations);
  }

  private @Nullable Compiled compileTree(
      ForebayFile.ModelEntry entry, Probe probe, RelationResolver relations) throws SQLException {
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
              ? new Route(model, occurrence.table().name(), List.of(), null, false)
              : new Route(
                  model,
                  occurrence.table().name(),
                  tree.routeColumns(occurrence),
                  AffectedSql.of(tree, occurrence),
                  occurrence.outer() == null));
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
      RelationResolver relations)
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
        routes.add(new Route(model, source.table().name(), source.columns(), sql, false));
      } else if (query.key().columns().isEmpty()) {
        places.add(at);
        routes.add(new Route(model, source.table().name(), List.of(), null, false));
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
