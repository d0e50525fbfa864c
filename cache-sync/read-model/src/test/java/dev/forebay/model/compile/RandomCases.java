package dev.forebay.model.compile;

import dev.forebay.model.TableName;
import dev.forebay.model.compile.RandomSpec.Body;
import dev.forebay.model.compile.RandomSpec.Case;
import dev.forebay.model.compile.RandomSpec.Condition;
import dev.forebay.model.compile.RandomSpec.Include;
import dev.forebay.model.compile.RandomSpec.Link;
import dev.forebay.model.compile.RandomSpec.Model;
import dev.forebay.model.compile.RandomSpec.Order;
import dev.forebay.model.compile.RandomSpec.Tab;
import dev.forebay.model.compile.RandomSpec.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes cases from a seed. Values come from tiny ranges, so that rows meet often. */
final class RandomCases {

  private static final List<String> NAMES = List.of("t", "T 1", "quo\"te", "é.x", "order");
  private static final List<String> FUNCTIONS =
      List.of("count", "exists", "sum", "min", "max", "avg");

  private final Random random;
  private final List<Tab> tables = new ArrayList<>();

  private RandomCases(Random random) {
    this.random = random;
  }

  /**
   * @param schema where the tables are
   */
  static Case of(long seed, String schema) {
    return new RandomCases(new Random(seed)).make(schema);
  }

  private Case make(String schema) {
    for (int i = 2 + random.nextInt(3); i > 0; i--) {
      List<String> key = random.nextInt(3) == 0 ? List.of("id", "z") : List.of("id");
      tables.add(new Tab(new TableName(schema, NAMES.get(tables.size())), key));
    }
    List<Model> models = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      models.add(model("m" + models.size()));
    }
    List<List<Transaction>> batches = new ArrayList<>();
    batches.add(List.of(new Transaction(inserts(6 + random.nextInt(15)), false)));
    for (int i = 4 + random.nextInt(6); i > 0; i--) {
      List<Transaction> batch = new ArrayList<>();
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        batch.add(transaction());
      }
      batches.add(batch);
    }
    return new Case(tables, models, batches);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private boolean chance(int ofTen) {
    return random.nextInt(10) < ofTen;
  }

  private Model model(String name) {
    if (chance(1)) {
      List<Include> includes = new ArrayList<>();
      for (int i = 1 + random.nextInt(2); i > 0; i--) {
        includes.add(include("i" + i, null, 0));
      }
      return new Model(name, null, List.of(), null, new Body(List.of(), includes));
    }
    Tab root = pick(tables);
    List<String> key = chance(5) ? List.of("k") : root.primaryKey();
    return new Model(name, root, key, condition(3), body(root, 0));
  }

  private @Nullable Condition condition(int ofTen) {
    return chance(ofTen)
        ? new Condition(
            pick(List.of("a", "b", "r0")),
            pick(List.of(">", "<>", "is not null")),
            random.nextInt(3))
        : null;
  }

  private Body body(Tab around, int depth) {
    LinkedHashSet<String> fields = new LinkedHashSet<>(List.of("id"));
    for (int i = random.nextInt(3); i > 0; i--) {
      fields.add(pick(List.of("a", "b", "c", "e", "k", "z")));
    }
    List<Include> includes = new ArrayList<>();
    for (int i = depth > 2 ? 0 : random.nextInt(depth == 0 ? 4 : 2); i > 0; i--) {
      includes.add(include("i" + i, around, depth));
    }
    return new Body(List.copyOf(fields), includes);
  }

  private Include include(String name, @Nullable Tab around, int depth) {
    Tab table = pick(tables);
    Link through = null;
    Map<String, String> on = around == null ? Map.of() : pairs();
    if (around != null && chance(3)) {
      List<String> fields = chance(5) ? List.of() : List.of(pick(List.of("a", "b", "id")));
      through = new Link(pick(tables), Map.of("r0", "id"), condition(3), fields);
      on = chance(8) ? Map.of("id", "r1") : pairs();
    }
    if (chance(3)) {
      Link bare =
          through == null
              ? null
              : new Link(through.table(), through.on(), through.where(), List.of());
      return new Include(
          name,
          table,
          bare,
          on,
          condition(4),
          List.of(),
          0,
          pick(FUNCTIONS),
          new Body(List.of(), List.of()));
    }
    Body body = body(table, depth + 1);
    Include include = new Include(name, table, through, on, condition(4), List.of(), 0, null, body);
    if (include.isOne() || chance(4)) {
      return include;
    }
    List<Order> order = orders(through != null);
    int limit = chance(6) ? 1 + random.nextInt(3) : 0;
    return new Include(name, table, through, on, include.where(), order, limit, null, body);
  }

  /** Column of the included table to column of the one before it. */
  private Map<String, String> pairs() {
    Map<String, String> pairs = new LinkedHashMap<>();
    switch (random.nextInt(6)) {
      case 0, 1 -> pairs.put("id", pick(List.of("r0", "r1")));
      case 2, 3 -> pairs.put(pick(List.of("r0", "r1")), "id");
      case 4 -> {
        pairs.put("id", "r0");
        pairs.put("z", "z");
      }
      default -> pairs.put("a", "b");
    }
    return pairs;
  }

  private List<Order> orders(boolean through) {
    Map<String, Order> orders = new LinkedHashMap<>();
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      String column = pick(List.of("a", "b", "c", "r1"));
      boolean ofThrough = false; // every table has the same columns, so this needs the prefix
      if (through && chance(4)) {
        ofThrough = true;
      }
      Boolean nullsFirst = chance(4) ? Boolean.valueOf(random.nextBoolean()) : null;
      orders.putIfAbsent(
          column + ofThrough, new Order(column, ofThrough, random.nextBoolean(), nullsFirst));
    }
    return List.copyOf(orders.values());
  }

  private Transaction transaction() {
    List<String> statements = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      statements.add(statement());
    }
    return new Transaction(statements, chance(1));
  }

  private List<String> inserts(int count) {
    List<String> statements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      statements.add(insert());
    }
    return statements;
  }

  private String statement() {
    String table = pick(tables).name().sql();
    if (random.nextInt(60) == 0) {
      return "truncate " + table;
    }
    return switch (random.nextInt(8)) {
      case 0, 1 -> insert();
      case 2 -> "delete from " + table + " where id = " + id();
      case 3 -> "update " + table + " set id = " + id() + " where id = " + id();
      case 4 -> "update " + table + " set k = " + value("k") + " where k = " + value("k");
      default -> {
        String column = pick(List.of("r0", "r1", "a", "b", "c", "z"));
        String where = chance(7) ? "id = " + id() : "a = " + random.nextInt(3);
        yield "update " + table + " set " + column + " = " + value(column) + " where " + where;
      }
    };
  }

  private String insert() {
    return "insert into "
        + pick(tables).name().sql()
        + List.of("id", "z", "k", "r0", "r1", "a", "b", "c").stream()
            .map(this::value)
            .collect(Collectors.joining(", ", " values (", ")"));
  }

  private int id() {
    return 1 + random.nextInt(5);
  }

  private String value(String column) {
    return switch (column) {
      case "id" -> Integer.toString(id());
      case "z" -> Integer.toString(1 + random.nextInt(2));
      case "k" -> "'k/" + random.nextInt(7) + "'";
      case "c" -> pick(List.of("null", "''", "'a'", "'b'", "'c'"));
      case "r0", "r1" -> chance(2) ? "null" : Integer.toString(id());
      default -> chance(2) ? "null" : Integer.toString(random.nextInt(4));
    };
  }
}
