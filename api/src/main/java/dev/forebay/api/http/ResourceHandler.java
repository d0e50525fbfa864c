package dev.forebay.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.resource.ResourceStore;
import dev.forebay.api.resource.Row;
import dev.forebay.api.resource.Written;
import dev.forebay.model.Verb;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The routes of one resource. */
final class ResourceHandler {

  private static final int MAX_PAGE = 100;
  private static final String LIMIT = "limit";
  private static final String AFTER = "after";

  private final ResourceStore store;
  private final JsonBody json;
  private final String name;

  ResourceHandler(ResourceStore store, JsonBody json) {
    this.store = store;
    this.json = json;
    this.name = store.table().resource().name();
  }

  void register(JavalinDefaultRoutingApi routes) {
    String rows = RowUri.ROOT + name;
    // The values are taken from the raw path: the router's names only count segments.
    String row =
        rows
            + store.table().key().stream()
                .map(column -> "/{key" + store.table().key().indexOf(column) + "}")
                .collect(Collectors.joining());
    routes.get(rows, guarded(Verb.READ, this::list));
    // By itself Javalin answers HEAD with 200 wherever a GET route matches, whoever asks.
    routes.head(rows, guarded(Verb.READ, this::list));
    routes.head(row, guarded(Verb.READ, this::find));
    routes.post(rows, guarded(Verb.CREATE, this::create));
    routes.get(row, guarded(Verb.READ, this::find));
    routes.patch(row, guarded(Verb.UPDATE, this::patch));
    routes.delete(row, guarded(Verb.DELETE, this::delete));
  }

  private Handler guarded(Verb verb, Handler handler) {
    Set<String> roles = store.table().resource().rolesFor(verb);
    return context -> {
      Gate.demand(context, roles);
      handler.handle(context);
    };
  }

  private void create(Context context) {
    JsonNode body = json.read(context, Set.of(JsonBody.JSON));
    Written written = store.create(body);
    context.status(HttpStatus.CREATED).header("Location", path(written.row()));
    if (Preference.apply(context) == Preference.REPRESENTATION) {
      answer(context, written.row().json());
    }
  }

  private void find(Context context) {
    Row row = store.find(key(context)).orElseThrow(ResourceHandler::absent);
    answer(context, row.json());
  }

  private void list(Context context) {
    List<String> after = after(context);
    int limit = limit(context);
    // One row more than asked for tells whether there is another page.
    List<Row> rows = store.list(after, limit + 1);
    List<Row> page = rows.subList(0, Math.min(limit, rows.size()));
    if (rows.size() > limit) {
      String last =
          page.getLast().key().stream()
              .map(value -> "&" + AFTER + "=" + RowUri.encode(value))
              .collect(Collectors.joining());
      String next = RowUri.ROOT + name + "?" + LIMIT + "=" + limit + last;
      context.header("Link", "<" + next + ">; rel=\"next\"");
    }
    answer(context, page.stream().map(Row::json).collect(Collectors.joining(",", "[", "]")));
  }

  private void patch(Context context) {
    JsonNode body = json.read(context, Set.of(JsonBody.JSON, JsonBody.MERGE_PATCH));
    Row row = store.patch(key(context), body).orElseThrow(ResourceHandler::absent).row();
    context.header("Content-Location", path(row));
    if (Preference.apply(context) == Preference.REPRESENTATION) {
      answer(context, row.json());
    } else {
      context.status(HttpStatus.NO_CONTENT);
    }
  }

  private void delete(Context context) {
    if (store.delete(key(context)).isEmpty()) {
      throw absent();
    }
    context.status(HttpStatus.NO_CONTENT);
  }

  private static void answer(Context context, String body) {
    Answer.send(context, JsonBody.JSON, body);
  }

  private String path(Row row) {
    return RowUri.path(name, row.key());
  }

  private static List<String> key(Context context) {
    return RowUri.key(context.req().getRequestURI());
  }

  private static int limit(Context context) {
    String limit = context.queryParam(LIMIT);
    if (limit == null) {
      return MAX_PAGE;
    }
    if (!limit.matches("[1-9]\\d{0,2}") || Integer.parseInt(limit) > MAX_PAGE) {
      throw malformed("The parameter limit must be a number from 1 to " + MAX_PAGE + ".");
    }
    return Integer.parseInt(limit);
  }

  private @Nullable List<String> after(Context context) {
    List<String> after = context.queryParams(AFTER);
    if (after.isEmpty()) {
      return null;
    }
    if (!store.isKey(after)) {
      throw malformed("The parameter after must be given once for each column of a key.");
    }
    return after;
  }

  private static ApiProblem malformed(String detail) {
    return ApiProblem.of(ProblemType.MALFORMED_REQUEST, detail);
  }

  private static ApiProblem absent() {
    return ApiProblem.of(ProblemType.NOT_FOUND);
  }
}
