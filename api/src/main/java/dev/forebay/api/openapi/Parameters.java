package dev.forebay.api.openapi;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Kind;
import dev.forebay.api.openapi.schema.ColumnSchemas;
import dev.forebay.api.openapi.schema.Schemas;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.token.Tokens;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What requests carry beside their body: in the path, the query and the headers. */
final class Parameters {

  static final String LIMIT = "limit";
  static final String AFTER = "after";
  static final String ORDER = "order";
  static final String FIELDS = "fields";
  static final String PREFER = "Prefer";
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  static final String IF_MATCH = "If-Match";
  static final String IF_NONE_MATCH = "If-None-Match";

  static final String TOKEN = Tokens.HEADER;

  private static final Set<String> RESERVED = Set.of(LIMIT, AFTER, ORDER, FIELDS);
  private static final int MAX_PAGE = 100;

  private Parameters() {}

  /** Declares what many operations share. */
  static void addTo(Components components) {
    Schema<Object> limit = Schemas.of("integer");
    limit.setMinimum(BigDecimal.ONE);
    limit.setMaximum(BigDecimal.valueOf(MAX_PAGE));
    limit.setDefault(MAX_PAGE);
    declare(components, "query", LIMIT, "Rows at most.", limit);
    declare(
        components,
        "query",
        AFTER,
        "Where the page before ended: taken from Link, not made by hand.",
        Schemas.of("string"));
    declare(
        components,
        "header",
        PREFER,
        "return=minimal or return=representation; wait=SECONDS waits until KV has what is written,"
            + " 30 s at most; handling=strict refuses unknown preferences, which handling=lenient"
            + " ignores (RFC 7240).",
        Schemas.of("string"));
    Schema<Object> key = Schemas.of("string");
    key.setMinLength(1);
    key.setMaxLength(255);
    declare(
        components,
        "header",
        IDEMPOTENCY_KEY,
        "Makes repeating this request safe: within a day it is done once and answered the same way.",
        key);
    declare(
        components,
        "header",
        TOKEN,
        "Tokens of earlier answers, with commas between: the new one includes them.",
        Schemas.of("string"));
    declare(
        components,
        "header",
        IF_MATCH,
        "Do it only if the row's ETag is one of these, or * if there is a row.",
        Schemas.of("string"));
    declare(
        components,
        "header",
        IF_NONE_MATCH,
        "With the ETags a client has: 304 if the row is one of them. On PUT only *: create, and"
            + " never replace.",
        Schemas.of("string"));
  }

  /** A shared parameter. */
  static Parameter shared(String name) {
    return new Parameter().$ref("#/components/parameters/" + name);
  }

  /** The condition of a write, which a resource may demand. */
  static Parameter ifMatch(ResourceTable table) {
    if (!table.resource().ifMatchRequired()) {
      return shared(IF_MATCH);
    }
    return new Parameter()
        .in("header")
        .name(IF_MATCH)
        .required(true)
        .description("The row's ETag, or * for any; without one the answer is 428.")
        .schema(Schemas.of("string"));
  }

  /** The columns of the key, each a segment of the path. */
  static List<Parameter> key(ResourceTable table) {
    List<Parameter> parameters = new ArrayList<>();
    List<String> names = PathNames.of(table);
    for (int i = 0; i < names.size(); i++) {
      Column column = table.key().get(i);
      parameters.add(
          new Parameter()
              .in("path")
              .name(names.get(i))
              .required(true)
              .description("Column " + column.name() + ".")
              .schema(ColumnSchemas.inUrl(column)));
    }
    return parameters;
  }

  /** Which columns answers show. */
  static Parameter fields(ResourceTable table) {
    Schema<Object> column = Schemas.of("string");
    column.setEnum(new ArrayList<>(table.visible().keySet()));
    return list(FIELDS, column, "Columns to show; the answer then lacks all others.");
  }

  /** By which columns a list is sorted. */
  static Parameter order(ResourceTable table) {
    List<Object> choices = new ArrayList<>();
    for (Column column : table.visible().values()) {
      if (isComparable(column)) {
        choices.add(column.name());
        choices.add("-" + column.name());
      }
    }
    Schema<Object> column = Schemas.of("string");
    column.setEnum(choices);
    return list(
        ORDER, column, "Columns to sort by, with - for the largest first; else by the key.");
  }

  /** The conditions that a list may put to each column. */
  static List<Parameter> filters(ResourceTable table) {
    List<Parameter> filters = new ArrayList<>();
    for (Column column : table.visible().values()) {
      if (isComparable(column)) {
        filters.addAll(comparisons(column));
      }
      if (!column.notNull()) {
        Schema<Object> is = Schemas.of("string");
        is.setEnum(List.of("null", "notnull"));
        filters.add(filter(column.name() + ".is", is));
      }
    }
    return filters;
  }

  private static List<Parameter> comparisons(Column column) {
    String name = column.name();
    List<Parameter> filters = new ArrayList<>();
    String equal = RESERVED.contains(name) ? name + ".eq" : name;
    filters.add(filter(equal, ColumnSchemas.inUrl(column)));
    filters.add(filter(name + ".ne", ColumnSchemas.inUrl(column)));
    if (column.type().kind() != Kind.BOOLEAN) {
      for (String comparison : List.of("lt", "lte", "gt", "gte")) {
        filters.add(filter(name + "." + comparison, ColumnSchemas.inUrl(column)));
      }
      filters.add(list(name + ".in", ColumnSchemas.inUrl(column), null));
    }
    return filters;
  }

  private static boolean isComparable(Column column) {
    Kind kind = column.type().kind();
    return kind != Kind.JSON && kind != Kind.ARRAY && kind != Kind.OTHER;
  }

  private static Parameter filter(String name, Schema<Object> schema) {
    return new Parameter().in("query").name(name).schema(schema);
  }

  private static Parameter list(String name, Schema<Object> item, @Nullable String description) {
    Schema<Object> schema = Schemas.of("array");
    schema.setItems(item);
    return new Parameter()
        .in("query")
        .name(name)
        .description(description)
        .style(Parameter.StyleEnum.FORM)
        .explode(false)
        .schema(schema);
  }

  private static void declare(
      Components components, String in, String name, String description, Schema<Object> schema) {
    components.addParameters(
        name, new Parameter().in(in).name(name).description(description).schema(schema));
  }
}
