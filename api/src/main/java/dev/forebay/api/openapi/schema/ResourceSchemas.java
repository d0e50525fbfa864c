package dev.forebay.api.openapi.schema;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.resource.ResourceTable;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The bodies of one resource: {@code NAME.row} as answers show it, {@code NAME.create}, {@code
 * NAME.put}, {@code NAME.patch} as requests give it, and the operations and results of batches. A
 * resource's name has no dot, so no two names meet.
 */
public final class ResourceSchemas {

  /** What stands for a value of a row that an earlier operation made. */
  public static final String REFERENCE = "Reference";

  private final ResourceTable table;
  private final String name;

  public ResourceSchemas(ResourceTable table) {
    this.table = table;
    this.name = table.resource().name();
  }

  public String row() {
    return name + ".row";
  }

  public String create() {
    return name + ".create";
  }

  public String put() {
    return name + ".put";
  }

  public String patch() {
    return name + ".patch";
  }

  public String operation() {
    return name + ".operation";
  }

  public String result() {
    return name + ".result";
  }

  public String transactionOperation() {
    return name + ".transaction-operation";
  }

  public void addTo(Components components) {
    UnaryOperator<Schema<Object>> plain = UnaryOperator.identity();
    components.addSchemas(row(), rowSchema());
    components.addSchemas(create(), content(required(), plain));
    components.addSchemas(put(), content(putRequired(), plain));
    components.addSchemas(patch(), content(List.of(), plain));
    components.addSchemas(
        operation(), Schemas.oneOf(Operations.of(key(plain), this::referenceTo, Map.of())));
    components.addSchemas(result(), resultSchema());
    components.addSchemas(transactionOperation(), inTransaction());
  }

  private Schema<Object> rowSchema() {
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    for (Column column : table.visible().values()) {
      Schema<Object> schema = ColumnSchemas.answered(column);
      if (!table.writable().containsKey(column.name())) {
        schema.setReadOnly(true);
      }
      members.put(column.name(), schema);
    }
    Schema<Object> schema = Schemas.object(members, List.copyOf(members.keySet()));
    return Schemas.described(schema, "A row of " + name + ".");
  }

  private Schema<Object> content(List<String> required, UnaryOperator<Schema<Object>> each) {
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    table
        .writable()
        .values()
        .forEach(column -> members.put(column.name(), each.apply(ColumnSchemas.accepted(column))));
    return Schemas.object(members, required);
  }

  /** What PostgreSQL has no value for unless the client gives one. */
  private List<String> required() {
    return table.table().fillsRows()
        ? List.of()
        : table.writable().values().stream()
            .filter(column -> column.notNull() && !column.hasDefault())
            .map(Column::name)
            .toList();
  }

  /** The key is in the path already. */
  private List<String> putRequired() {
    return required().stream().filter(name -> !table.resource().key().contains(name)).toList();
  }

  private Schema<Object> key(UnaryOperator<Schema<Object>> each) {
    int columns = table.key().size();
    return Schemas.described(
        Schemas.list(each.apply(Schemas.of("string")), columns, columns),
        "The row's key as in its URL: " + String.join(", ", table.resource().key()) + ".");
  }

  private List<String> requiredBy(Operations.Value value) {
    return switch (value) {
      case CREATE -> required();
      case PUT -> putRequired();
      case PATCH -> List.of();
    };
  }

  private Schema<Object> referenceTo(Operations.Value value) {
    return Schemas.ref(
        switch (value) {
          case CREATE -> create();
          case PUT -> put();
          case PATCH -> patch();
        });
  }

  private Schema<Object> inTransaction() {
    UnaryOperator<Schema<Object>> orReference =
        schema -> Schemas.anyOf(schema, Schemas.ref(REFERENCE));
    return Schemas.oneOf(
        Operations.of(
            key(orReference),
            value -> content(requiredBy(value), orReference),
            Map.of("resource", Schemas.constant(name))));
  }

  private Schema<Object> resultSchema() {
    Map<String, Schema<Object>> members = Operations.resultMembers(Schemas.ref(row()));
    members.put("problem", Schemas.ref(Problems.PROBLEM));
    return Schemas.object(members, new ArrayList<>(List.of("status")));
  }
}
