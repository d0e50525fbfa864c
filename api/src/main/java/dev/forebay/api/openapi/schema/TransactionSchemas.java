package dev.forebay.api.openapi.schema;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The body of a transaction and of its answer. */
public final class TransactionSchemas {

  public static final int MAX_OPERATIONS = 100;
  private static final int MAX_DOCUMENTS = 32;
  private static final int MAX_MODELS = 1_000;
  public static final String TRANSACTION = "Transaction";
  public static final String RESULTS = "TransactionResults";

  private TransactionSchemas() {}

  /** Declares them for these resources, at least one. */
  public static void addTo(Components components, List<ResourceSchemas> resources) {
    Schema<Object> reference = Schemas.of("string");
    reference.setPattern("^/(0|[1-9][0-9]*)/.+$");
    reference.setExamples(List.of("/0/id"));
    components.addSchemas(
        ResourceSchemas.REFERENCE,
        Schemas.described(
            Schemas.object(Map.of("$ref", reference), List.of("$ref")),
            "A column of the row that an earlier operation of the same transaction made."));
    List<Schema<Object>> operations =
        resources.stream().map(one -> Schemas.ref(one.transactionOperation())).toList();
    components.addSchemas(
        TRANSACTION,
        listOf("operations", Schemas.list(Schemas.oneOf(operations), 1, MAX_OPERATIONS)));
    List<Schema<Object>> rows = resources.stream().map(one -> Schemas.ref(one.row())).toList();
    Schema<Object> row = Schemas.of();
    rows.forEach(row::addAnyOfItem);
    Schema<Object> result = Schemas.object(Operations.resultMembers(row), List.of("status"));
    Map<String, Schema<Object>> answer = new LinkedHashMap<>();
    answer.put("results", Schemas.list(result, 0, MAX_OPERATIONS));
    answer.put("documents", Schemas.list(Schemas.of("string"), 1, MAX_DOCUMENTS));
    answer.put("models", Schemas.list(Schemas.of("string"), 1, MAX_MODELS));
    components.addSchemas(
        RESULTS,
        Schemas.described(
            Schemas.object(answer, List.of("results")),
            "With the documents that the transaction touches, and the models of which it may touch"
                + " any, as in the headers; not with Prefer: return=minimal."));
  }

  private static Schema<Object> listOf(String member, Schema<Object> list) {
    Map<String, Schema<Object>> members = new LinkedHashMap<>();
    members.put(member, list);
    return Schemas.object(members, List.of(member));
  }
}
