package dev.forebay.api.openapi;

import dev.forebay.api.openapi.schema.ResourceSchemas;
import dev.forebay.api.openapi.schema.Schemas;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.model.Verb;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The operations on one resource. */
final class ResourcePaths {

  static final int MAX_ITEMS = 1_000;
  static final String ROLES = "x-forebay-roles";

  private static final String[] CHANGED = {Headers.CONTENT_LOCATION, Headers.ETAG, Headers.APPLIED};
  private static final String JSON = "application/json";
  private static final String MERGE_PATCH = "application/merge-patch+json";

  private final ResourceTable table;
  private final ResourceSchemas schemas;
  private final String name;

  ResourcePaths(ResourceTable table, ResourceSchemas schemas) {
    this.table = table;
    this.schemas = schemas;
    this.name = table.resource().name();
  }

  void addTo(Paths paths) {
    String rows = PathNames.rows(table);
    PathItem row = new PathItem().get(get()).put(put()).patch(patch()).delete(delete());
    Parameters.key(table).forEach(row::addParametersItem);
    paths.addPathItem(rows, new PathItem().get(list()).post(create()));
    paths.addPathItem(rows + "/bulk", new PathItem().post(bulk()));
    paths.addPathItem(PathNames.row(table), row);
  }

  private Operation list() {
    Operation list = operation("list", "List rows", Verb.READ);
    list.setDescription(
        "Rows that fulfil every filter, in the order asked for; the key decides between equals."
            + " `column=value` compares for equality, `column.ne`, `.lt`, `.lte`, `.gt`, `.gte` and"
            + " `.in` otherwise.");
    list.addParametersItem(Parameters.shared(Parameters.LIMIT));
    list.addParametersItem(Parameters.shared(Parameters.AFTER));
    list.addParametersItem(Parameters.order(table));
    list.addParametersItem(Parameters.fields(table));
    Parameters.filters(table).forEach(list::addParametersItem);
    Schema<Object> rows = Schemas.of("array");
    rows.setItems(Schemas.ref(schemas.row()));
    ApiResponse page = Answers.json("A page of rows.", rows, Headers.LINK);
    list.setResponses(Answers.reading().addApiResponse("200", page));
    return list;
  }

  private Operation get() {
    Operation get = operation("get", "Read a row", Verb.READ);
    get.addParametersItem(Parameters.fields(table));
    get.addParametersItem(Parameters.shared(Parameters.IF_NONE_MATCH));
    get.setResponses(
        Answers.readingOne()
            .addApiResponse("200", row("The row.", Headers.ETAG))
            .addApiResponse("304", Answers.empty("The client has this version.", Headers.ETAG)));
    return get;
  }

  private Operation create() {
    Operation create = operation("create", "Create rows", Verb.CREATE);
    create.setDescription(
        "One row from an object, or up to %,d from an array: all of them or none."
            .formatted(MAX_ITEMS));
    write(create);
    Schema<Object> one = Schemas.ref(schemas.create());
    create.setRequestBody(Answers.body(Schemas.oneOf(List.of(one, many(schemas.create()))), JSON));
    ApiResponse created =
        Answers.json(
            "The row, or the rows in the order of the request.",
            Schemas.oneOf(List.of(Schemas.ref(schemas.row()), many(schemas.row()))),
            Headers.LOCATION,
            Headers.ETAG,
            Headers.APPLIED);
    create.setResponses(Answers.writing().addApiResponse("201", Answers.written(created)));
    return create;
  }

  private Operation bulk() {
    Operation bulk = operation("bulk", "Do many things, each on its own", Verb.CREATE);
    bulk.setDescription(
        "Up to %,d operations that do not depend on each other: each has a status of its own, and"
                .formatted(MAX_ITEMS)
            + " one that fails leaves the others alone. Each needs the role of its verb.");
    bulk.addExtension(ROLES, new ArrayList<>(new TreeSet<>(table.resource().allRoles())));
    write(bulk);
    bulk.setRequestBody(Answers.body(many(schemas.operation()), JSON));
    ApiResponse results =
        Answers.json(
            "A result for each operation, in their order.",
            many(schemas.result()),
            Headers.APPLIED);
    bulk.setResponses(Answers.writing().addApiResponse("207", Answers.written(results)));
    return bulk;
  }

  private Operation put() {
    Operation put = operation("put", "Replace or create a row", Verb.UPDATE);
    put.setDescription(
        "Columns that the body does not name get their default. A row that is not there is created"
            + " where clients may write every column of its key, else the answer is 404.");
    write(put);
    put.addParametersItem(Parameters.ifMatch(table));
    put.addParametersItem(Parameters.shared(Parameters.IF_NONE_MATCH));
    put.setRequestBody(Answers.body(Schemas.ref(schemas.put()), JSON));
    put.setResponses(
        Answers.writingOne()
            .addApiResponse("200", Answers.written(row("The row was replaced.", CHANGED)))
            .addApiResponse(
                "201",
                Answers.written(
                    row("The row was created.", Headers.LOCATION, Headers.ETAG, Headers.APPLIED)))
            .addApiResponse("204", minimal()));
    return put;
  }

  private Operation patch() {
    Operation patch = operation("patch", "Change a row", Verb.UPDATE);
    patch.setDescription(
        "A merge patch (RFC 7396): what it names is changed, null sets NULL, and objects are merged"
            + " into JSON columns.");
    write(patch);
    patch.addParametersItem(Parameters.ifMatch(table));
    patch.setRequestBody(Answers.body(Schemas.ref(schemas.patch()), MERGE_PATCH, JSON));
    patch.setResponses(
        Answers.writingOne()
            .addApiResponse("200", Answers.written(row("The row was changed.", CHANGED)))
            .addApiResponse("204", minimal()));
    return patch;
  }

  private Operation delete() {
    Operation delete = operation("delete", "Delete a row", Verb.DELETE);
    write(delete);
    delete.addParametersItem(Parameters.ifMatch(table));
    delete.setResponses(
        Answers.writingOne()
            .addApiResponse("204", Answers.written(Answers.empty("The row is gone."))));
    return delete;
  }

  private Operation operation(String id, String summary, Verb verb) {
    Operation operation =
        new Operation().operationId(name + "." + id).summary(summary).addTagsItem(name);
    operation.addExtension(ROLES, new ArrayList<>(new TreeSet<>(table.resource().rolesFor(verb))));
    return operation;
  }

  private static void write(Operation operation) {
    operation.addParametersItem(Parameters.shared(Parameters.PREFER));
    operation.addParametersItem(Parameters.shared(Parameters.IDEMPOTENCY_KEY));
    operation.addParametersItem(Parameters.shared(Parameters.TOKEN));
  }

  private ApiResponse row(String description, String... headers) {
    return Answers.json(description, Schemas.ref(schemas.row()), headers);
  }

  private static ApiResponse minimal() {
    return Answers.written(Answers.empty("Done; Prefer: return=minimal.", CHANGED));
  }

  private static Schema<Object> many(String name) {
    return Schemas.list(Schemas.ref(name), 1, MAX_ITEMS);
  }
}
