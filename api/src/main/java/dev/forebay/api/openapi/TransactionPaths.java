package dev.forebay.api.openapi;

import dev.forebay.api.openapi.schema.Schemas;
import dev.forebay.api.openapi.schema.TransactionSchemas;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;

/** Several operations on several resources, all or none. */
final class TransactionPaths {

  static final String PATH = "/v1/transactions";
  static final String TAG = "transactions";

  private TransactionPaths() {}

  static void addTo(Paths paths) {
    Operation run =
        new Operation()
            .operationId("transactions.run")
            .summary("Do several things, all or none")
            .description(
                "Up to %d operations, in order. A value or a key may be a reference to a column of"
                        .formatted(TransactionSchemas.MAX_OPERATIONS)
                    + " a row that an earlier operation made. Each needs the role of its verb; one"
                    + " that fails undoes them all, and errors points at it.")
            .addTagsItem(TAG)
            .addParametersItem(Parameters.shared(Parameters.PREFER))
            .addParametersItem(Parameters.shared(Parameters.IDEMPOTENCY_KEY))
            .addParametersItem(Parameters.shared(Parameters.TOKEN))
            .requestBody(
                Answers.body(Schemas.ref(TransactionSchemas.TRANSACTION), "application/json"));
    run.setResponses(
        Answers.writingOne()
            .addApiResponse(
                "200",
                Answers.written(
                    Answers.json(
                        "A result for each operation, in their order.",
                        Schemas.ref(TransactionSchemas.RESULTS),
                        Headers.APPLIED))));
    paths.addPathItem(PATH, new PathItem().post(run));
  }
}
