package dev.forebay.model.compile;

import dev.forebay.model.FanOut;
import dev.forebay.model.Problem;
import dev.forebay.model.TableName;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.statistics.FanOutEstimate;
import dev.forebay.model.statistics.LinkCheck;
import dev.forebay.model.statistics.TableSizes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What statistics say of models that work. */
record Advice(List<Problem> warnings, List<FanOut> paths) {

  /** From here on one changed row is a burst of work that people should know of. */
  private static final int WIDE_DOCUMENTS = 10_000;

  static Advice of(Connection connection, List<Compiled> models) throws SQLException {
    SortedMap<TableName, Table> tables = new TreeMap<>();
    models.forEach(model -> model.tables().forEach(table -> tables.put(table.name(), table)));
    TableSizes sizes = new TableSizes(connection, tables.values());
    List<Problem> warnings = new ArrayList<>(sizes.unknown(tables.values()));
    LinkCheck links = new LinkCheck(sizes);
    for (Compiled model : models) {
      if (!model.occurrences().isEmpty()) {
        links.add(model.model().tree(), model.occurrences());
      }
    }
    warnings.addAll(links.warnings());
    List<FanOut> paths = paths(connection, models);
    for (FanOut path : paths) {
      if (path.documents() > WIDE_DOCUMENTS) {
        warnings.add(wide(path));
      }
    }
    return new Advice(warnings, paths);
  }

  private static List<FanOut> paths(Connection connection, Collection<Compiled> models)
      throws SQLException {
    List<FanOut> paths = new ArrayList<>();
    for (Compiled model : models) {
      for (int i = 0; i < model.routes().size(); i++) {
        Route route = model.routes().get(i);
        String sql = route.sql();
        long documents =
            sql == null ? 1 : FanOutEstimate.documents(connection, sql, route.columns().size());
        paths.add(
            new FanOut(
                model.places().get(i).toString(), route.table(), model.model().name(), documents));
      }
    }
    return paths;
  }

  private static Problem wide(FanOut path) {
    return new Problem(
        path.where(),
        path.words(),
        "Each such change builds them all again; leave out what changes often.");
  }
}
