package dev.forebay.model.compile;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Lookup;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The paths of some rows side by side: a row of the result has the number of the path, then the
 * document's key. It is not asked which row leads where, so all images have the same number.
 *
 * @param paths those that pass other rows
 * @param most documents of each path, but for one
 */
record CompiledLookup(List<DocumentKey> known, List<Path> paths, int most) implements Lookup {

  /** Values of the route's columns, each once. */
  record Path(Route route, List<List<@Nullable String>> values) {}

  static CompiledLookup of(List<Images> all, int most) {
    List<DocumentKey> known = new ArrayList<>();
    List<Path> paths = new ArrayList<>();
    for (Images images : all) {
      Route route = images.route();
      List<List<@Nullable String>> values =
          images.rows().stream().map(Images.Row::values).distinct().toList();
      if (values.isEmpty()) {
        continue;
      }
      if (route.sql() == null) {
        known.add(route.model().key(List.of()));
      } else if (route.names()) {
        // A key with a null names nothing.
        values.stream()
            .filter(one -> one.stream().allMatch(Objects::nonNull))
            .forEach(one -> known.add(route.model().key(one)));
      } else {
        paths.add(new Path(route, values));
      }
    }
    return new CompiledLookup(known, paths, most);
  }

  @Override
  public SortedSet<String> asked() {
    return paths.stream()
        .map(path -> path.route().model().name())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public String sql() {
    int columns =
        paths.stream().mapToInt(path -> path.route().model().keyNames().size()).max().orElse(0);
    return IntStream.range(0, paths.size())
        .mapToObj(i -> sql(i, paths.get(i).route(), columns))
        .collect(Collectors.joining("\nunion all\n"));
  }

  private String sql(int number, Route route, int columns) {
    int own = route.model().keyNames().size();
    String names = IntStream.range(0, own).mapToObj(i -> ", k" + i).collect(Collectors.joining());
    return "select "
        + number
        + names
        + ", null::text".repeat(columns - own)
        + " from ("
        + route.sql()
        + "\nlimit "
        + (most + 1)
        + ") as a(n"
        + names
        + ")";
  }

  @Override
  public int bind(PreparedStatement statement, int from) throws SQLException {
    int parameter = from;
    for (Path path : paths) {
      Integer[] numbers = new Integer[path.values().size()];
      Arrays.fill(numbers, 0);
      statement.setArray(parameter++, statement.getConnection().createArrayOf("int4", numbers));
      for (int i = 0; i < path.route().columns().size(); i++) {
        int column = i;
        Object[] values = path.values().stream().map(one -> one.get(column)).toArray();
        statement.setArray(parameter++, statement.getConnection().createArrayOf("text", values));
      }
    }
    return parameter;
  }

  @Override
  public void read(ResultSet rows, Consumer<DocumentKey> each) throws SQLException {
    while (rows.next()) {
      CompiledModel model = paths.get(rows.getInt(1)).route().model();
      each.accept(model.key(model.values(rows, 2)));
    }
  }
}
