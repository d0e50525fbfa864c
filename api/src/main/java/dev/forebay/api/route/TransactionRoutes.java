package dev.forebay.api.route;

import dev.forebay.api.http.Gate;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.http.JsonBody.Content;
import dev.forebay.api.http.Routes;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.transaction.Caller;
import dev.forebay.api.write.Reference;
import dev.forebay.api.write.Step;
import dev.forebay.api.write.Writes;
import dev.forebay.model.Resource;
import dev.forebay.model.Verb;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code POST /v1/transactions}: operations over several resources, all or none. */
public final class TransactionRoutes implements Routes {

  /** Under the root of all resources, so none can have this name. */
  public static final String NAME = "transactions";

  /** Locks are held until the last operation is done. */
  static final int MAX_OPERATIONS = 100;

  private final Writes writes;
  private final JsonBody json;
  private final Delivery delivery;
  private final OperationReader operations;

  /**
   * Serves all stores.
   *
   * @param delivery shared by all routes
   */
  public TransactionRoutes(List<RowStore> stores, Writes writes, JsonBody json, Delivery delivery) {
    this.writes = writes;
    this.json = json;
    this.delivery = delivery;
    Map<String, RowStore> byName =
        stores.stream()
            .collect(
                Collectors.toMap(store -> store.table().resource().name(), Function.identity()));
    this.operations = new OperationReader(byName, null, MAX_OPERATIONS);
  }

  @Override
  public void register(JavalinDefaultRoutingApi routes) {
    routes.post(RowUri.ROOT + NAME, this::run);
  }

  private void run(Context context) {
    Caller caller = Gate.caller(context);
    Content content = json.read(context, Set.of(JsonBody.JSON));
    List<Step> steps = operations.transaction(content.json());
    demandSight(context, caller, steps);
    steps.forEach(step ->
        Gate.demand(context, caller, step.store().table().resource(), step.operation().verbs()));
    Preference preference = delivery.preference(context);
    delivery.send(
        context,
        preference,
        writes.all(
            Requests.of(
                context, caller, content, steps.stream().map(TransactionRoutes::resource).toList()),
            steps,
            (applied, told) ->
                Replies.transaction(
                    steps,
                    applied,
                    told,
                    preference,
                    step -> Gate.maySee(caller, resource(step)))));
  }

  /** What a reference copies, its author could read afterwards. The key was said to it anyhow. */
  private static void demandSight(Context context, Caller caller, List<Step> steps) {
    for (Step step : steps) {
      for (Reference reference : step.references()) {
        Resource from = resource(steps.get(reference.operation()));
        if (!from.key().contains(reference.column())) {
          Gate.demand(context, caller, from, List.of(Verb.READ));
        }
      }
    }
  }

  private static Resource resource(Step step) {
    return step.store().table().resource();
  }
}
