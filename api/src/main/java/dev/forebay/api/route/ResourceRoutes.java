package dev.forebay.api.route;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.http.Answer;
import dev.forebay.api.http.Gate;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.http.JsonBody.Content;
import dev.forebay.api.http.Routes;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import dev.forebay.api.row.Cursor;
import dev.forebay.api.row.Listing;
import dev.forebay.api.row.Operation;
import dev.forebay.api.row.Page;
import dev.forebay.api.row.Precondition;
import dev.forebay.api.row.Row;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.transaction.Caller;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.api.write.Step;
import dev.forebay.api.write.Writes;
import dev.forebay.model.Resource;
import dev.forebay.model.Verb;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routes of one resource. */
public final class ResourceRoutes implements Routes {

  /** Rows of one array, and operations of one bulk request. */
  static final int MAX_ITEMS = 1_000;

  private static final String BULK = "/bulk";

  private final RowStore store;
  private final Resource resource;
  private final Transactions transactions;
  private final Writes writes;
  private final JsonBody json;
  private final Delivery delivery;
  private final ListParameters parameters;
  private final OperationReader operations;

  /**
   * Serves what is in a store.
   *
   * @param delivery shared by all routes
   */
  public ResourceRoutes(
      RowStore store, Transactions transactions, Writes writes, JsonBody json, Delivery delivery) {
    this.store = store;
    this.resource = store.table().resource();
    this.transactions = transactions;
    this.writes = writes;
    this.json = json;
    this.delivery = delivery;
    this.parameters = new ListParameters(store.table());
    this.operations =
        new OperationReader(Map.of(resource.name(), store), resource.name(), MAX_ITEMS);
  }

  @Override
  public void register(JavalinDefaultRoutingApi routes) {
    String rows = RowUri.ROOT + resource.name();
    // The values are taken from the raw path: the router's names only count segments.
    String row =
        rows
            + store.table().key().stream()
                .map(column -> "/{key" + store.table().key().indexOf(column) + "}")
                .collect(Collectors.joining());
    routes.get(rows, this::list);
    // By itself Javalin answers HEAD with 200 wherever a GET route matches, whoever asks.
    routes.head(rows, this::list);
    routes.head(row, this::find);
    routes.post(rows, this::create);
    routes.post(rows + BULK, this::bulk);
    routes.get(row, this::find);
    routes.put(row, this::put);
    routes.patch(row, this::patch);
    routes.delete(row, this::delete);
  }

  private void find(Context context) {
    Caller caller = admit(context, List.of(Verb.READ));
    List<Column> fields = parameters.fields(context);
    List<String> key = key(context);
    Row row =
        read(caller, connection -> store.find(connection, key, fields))
            .orElseThrow(() -> ApiProblem.of(ProblemType.NOT_FOUND));
    context.header("ETag", Replies.tag(row));
    if (Preconditions.has(context, row)) {
      context.status(HttpStatus.NOT_MODIFIED);
    } else {
      Answer.send(context, JsonBody.JSON, row.json());
    }
  }

  private void list(Context context) {
    Caller caller = admit(context, List.of(Verb.READ));
    Listing listing = parameters.listing(context);
    Page page = read(caller, connection -> store.list(connection, listing));
    Cursor next = page.next();
    if (next != null) {
      context.header("Link", "<" + parameters.next(context, next) + ">; rel=\"next\"");
    }
    String rows = page.rows().stream().map(Row::json).collect(Collectors.joining(",", "[", "]"));
    Answer.send(context, JsonBody.JSON, rows);
  }

  private void create(Context context) {
    Caller caller = admit(context, List.of(Verb.CREATE));
    Content content = json.read(context, Set.of(JsonBody.JSON));
    JsonNode body = content.json();
    if (body.isArray()) {
      createAll(context, caller, content);
    } else {
      write(context, caller, new Operation.Create(body), content);
    }
  }

  private void createAll(Context context, Caller caller, Content content) {
    List<JsonNode> rows = new ArrayList<>();
    content.json().forEach(rows::add);
    if (rows.isEmpty() || rows.size() > MAX_ITEMS) {
      throw ApiProblem.of(
          ProblemType.MALFORMED_REQUEST, "The array must have 1 to " + MAX_ITEMS + " rows.");
    }
    Preference preference = delivery.preference(context);
    delivery.send(
        context,
        preference,
        writes.create(
            Requests.of(context, caller, content, List.of(resource)),
            store,
            rows,
            created -> Replies.rows(created, preference, Gate.maySee(caller, resource))));
  }

  private void put(Context context) {
    Precondition precondition = Preconditions.ofPut(context);
    Caller caller = admit(context, Operation.Put.verbs(precondition));
    Content content = json.read(context, Set.of(JsonBody.JSON));
    write(context, caller, new Operation.Put(key(context), content.json(), precondition), content);
  }

  private void patch(Context context) {
    Caller caller = admit(context, List.of(Verb.UPDATE));
    Content content = json.read(context, Set.of(JsonBody.JSON, JsonBody.MERGE_PATCH));
    write(
        context,
        caller,
        new Operation.Patch(key(context), content.json(), Preconditions.ofChange(context)),
        content);
  }

  private void delete(Context context) {
    Caller caller = admit(context, List.of(Verb.DELETE));
    write(
        context, caller, new Operation.Delete(key(context), Preconditions.ofChange(context)), null);
  }

  private void write(
      Context context, Caller caller, Operation operation, @Nullable Content content) {
    Preference preference = delivery.preference(context);
    Step step = Step.only(store, operation);
    delivery.send(
        context,
        preference,
        writes.all(
            Requests.of(context, caller, content, List.of(resource)),
            List.of(step),
            (applied, told) ->
                Replies.one(step, applied.getFirst(), preference, Gate.maySee(caller, resource))));
  }

  private void bulk(Context context) {
    Caller caller = Gate.caller(context);
    Content content = json.read(context, Set.of(JsonBody.JSON));
    List<Step> steps = operations.bulk(content.json());
    Set<Verb> verbs =
        steps.stream()
            .flatMap(step -> step.operation().verbs().stream())
            .collect(Collectors.toSet());
    Gate.demand(context, caller, resource, verbs);
    Preference preference = delivery.preference(context);
    delivery.send(
        context,
        preference,
        writes.each(
            Requests.of(context, caller, content, List.of(resource)),
            steps,
            outcomes -> Replies.bulk(steps, outcomes, preference, Gate.maySee(caller, resource))));
  }

  /** Before the body is read: what is nobody's business costs nothing. */
  private Caller admit(Context context, List<Verb> verbs) {
    Caller caller = Gate.caller(context);
    Gate.demand(context, caller, resource, verbs);
    return caller;
  }

  private <T> T read(Caller caller, Transactions.Work<T> work) {
    try {
      return transactions.read(caller, work);
    } catch (SQLException e) {
      throw SqlProblems.translate(e, store.table(), SqlProblems.Operation.SELECT, List.of());
    }
  }

  private static List<String> key(Context context) {
    return RowUri.key(context.req().getRequestURI());
  }
}
