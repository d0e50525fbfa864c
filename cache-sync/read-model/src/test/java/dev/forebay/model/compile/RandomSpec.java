package dev.forebay.model.compile;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.model.TableName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tables, read models over them and a history of changes, as data: the product gets it as SQL and
 * YAML, the naive evaluator reads it as it is, and shrinking takes parts away.
 */
final class RandomSpec {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private RandomSpec() {}

  /**
   * Every table has the columns id, z, k, r0, r1, a, b, c; all but the text k and c are integers.
   */
  record Tab(TableName name, List<String> primaryKey) {
    String create() {
      return """
      create table %1$s (id int not null, z int not null, k text not null unique, r0 int, r1 int,
        a int, b int, c text, primary key (%2$s));
      alter table %1$s replica identity full;
      create trigger log after insert or update or delete on %1$s
        for each row execute function log_change();
      """
          .formatted(name.sql(), String.join(", ", primaryKey));
    }
  }

  /** A condition that SQL and Java both understand. */
  record Condition(String column, String operator, int value) {
    String sql() {
      return operator.equals("is not null")
          ? column + " is not null"
          : column + " " + operator + " " + value;
    }

    boolean holds(Map<String, @Nullable Object> row) {
      Object found = row.get(column);
      return found != null
          && switch (operator) {
            case "is not null" -> true;
            case ">" -> (Integer) found > value;
            case "<>" -> (Integer) found != value;
            default -> throw new IllegalStateException(operator);
          };
    }
  }

  record Order(String column, boolean ofThrough, boolean descending, @Nullable Boolean nullsFirst) {
    String yaml() {
      return (descending ? "-" : "")
          + (ofThrough ? "through." : "")
          + column
          + (nullsFirst == null ? "" : nullsFirst ? " nulls first" : " nulls last");
    }
  }

  /** The rows between: {@code on} names its columns that equal those of the enclosing row. */
  record Link(Tab table, Map<String, String> on, @Nullable Condition where, List<String> fields) {}

  /** An object or array if {@code function} is null, else a value. */
  record Include(
      String name,
      Tab table,
      @Nullable Link through,
      Map<String, String> on,
      @Nullable Condition where,
      List<Order> order,
      int limit,
      @Nullable String function,
      Body body) {

    /** Whether at most one row can match, as unique keys say. */
    boolean isOne() {
      return through == null
          && !on.isEmpty()
          && (on.keySet().containsAll(table.primaryKey()) || on.containsKey("k"));
    }

    private ObjectNode yaml() {
      ObjectNode yaml = JSON.objectNode();
      String word = function == null ? "from" : function;
      if (function != null && !List.of("count", "exists").contains(function)) {
        yaml.put(function, operand());
        word = "from";
      }
      yaml.put(word, table.name().toString());
      if (through != null) {
        ObjectNode link = yaml.putObject("through");
        link.put("from", through.table.name().toString());
        pairs(link, through.on);
        putWhere(link, through.where);
        if (!through.fields.isEmpty()) {
          ObjectNode fields = link.putObject("fields");
          through.fields.forEach(field -> fields.put("l_" + field, field));
        }
      }
      pairs(yaml, on);
      putWhere(yaml, where);
      if (!order.isEmpty()) {
        ArrayNode list = yaml.putArray("order");
        order.forEach(one -> list.add(one.yaml()));
      }
      if (limit > 0) {
        yaml.put("limit", limit);
      }
      if (function == null) {
        body.yaml(yaml);
      }
      return yaml;
    }

    String operand() {
      return "avg".equals(function) ? "a::float8 / 3" : "min".equals(function) ? "c" : "a";
    }
  }

  /** Columns by name, {@code e} standing for {@code a + b}, and what is included. */
  record Body(List<String> fields, List<Include> includes) {
    private void yaml(ObjectNode to) {
      if (!fields.isEmpty()) {
        ObjectNode members = to.putObject("fields");
        fields.forEach(field -> members.put(field, field.equals("e") ? "a + b" : field));
      }
      if (!includes.isEmpty()) {
        ObjectNode members = to.putObject("include");
        includes.forEach(include -> members.set(include.name, include.yaml()));
      }
    }
  }

  /** A singleton if {@code root} is null. */
  record Model(
      String name, @Nullable Tab root, List<String> key, @Nullable Condition where, Body body) {
    private ObjectNode yaml() {
      ObjectNode yaml = JSON.objectNode();
      if (root == null) {
        yaml.put("singleton", true);
      } else {
        yaml.put("from", root.name().toString());
        yaml.put("key", "{" + String.join("}/{", key) + "}");
        putWhere(yaml, where);
      }
      body.yaml(yaml);
      return yaml;
    }
  }

  /** Statements that commit together, or are undone together. */
  record Transaction(List<String> statements, boolean undone) {}

  /** One case. */
  record Case(List<Tab> tables, List<Model> models, List<List<Transaction>> batches) {
    /** JSON is YAML. */
    String yaml() {
      ObjectNode top = JSON.objectNode();
      ObjectNode all = top.putObject("models");
      models.forEach(model -> all.set(model.name, model.yaml()));
      return top.toString();
    }

    /** Columns of a table that lead towards a root: what the log must carry of an old row. */
    Set<String> linking(Tab table) {
      Set<String> columns = new LinkedHashSet<>(table.primaryKey);
      for (Model model : models) {
        if (table.equals(model.root)) {
          columns.addAll(model.key);
        }
        addLinking(table, model.body, columns);
      }
      return columns;
    }

    private static void addLinking(Tab table, Body body, Set<String> to) {
      for (Include include : body.includes) {
        if (include.table.equals(table)) {
          to.addAll(include.on.keySet());
        }
        if (include.through != null && include.through.table.equals(table)) {
          to.addAll(include.through.on.keySet());
        }
        addLinking(table, include.body, to);
      }
    }
  }

  private static void pairs(ObjectNode to, Map<String, String> on) {
    if (!on.isEmpty()) {
      ObjectNode pairs = to.putObject("on");
      on.forEach(pairs::put);
    }
  }

  private static void putWhere(ObjectNode to, @Nullable Condition where) {
    if (where != null) {
      to.put("where", where.sql());
    }
  }
}
