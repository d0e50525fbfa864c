package dev.forebay.api.route;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.forebay.api.http.ProblemWriter;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Row;
import dev.forebay.api.touch.receipt.Told;
import dev.forebay.api.write.ItemOutcome;
import dev.forebay.api.write.Reply;
import dev.forebay.api.write.Step;
import io.javalin.http.HttpStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a write is answered with. A caller who may not see rows is answered as if it preferred the
 * minimum.
 */
final class Replies {

  private static final JsonMapper MAPPER = new JsonMapper();

  /** A third of what the head of an answer may have; no client could ask for a longer path. */
  private static final int MOST_LOCATION = 8_000;

  private Replies() {}

  /** The strong entity tag of a row. */
  static String tag(Row row) {
    return '"' + row.version() + '"';
  }

  /** For the only operation of a request. */
  static Reply one(Step step, Applied applied, Preference preference, boolean seen) {
    Map<String, String> headers = new LinkedHashMap<>();
    Row row = applied.row();
    if (row == null) {
      return new Reply(HttpStatus.NO_CONTENT.getCode(), headers, null);
    }
    boolean created = applied.outcome() == Applied.Outcome.CREATED;
    String path = path(step, row.key());
    if (path.length() <= MOST_LOCATION) {
      headers.put(created ? "Location" : "Content-Location", path);
    }
    headers.put("ETag", tag(row));
    preference.tell(headers);
    if (preference.isMinimal() || !seen) {
      HttpStatus status = created ? HttpStatus.CREATED : HttpStatus.NO_CONTENT;
      return new Reply(status.getCode(), headers, null);
    }
    return new Reply(status(applied), headers, row.json());
  }

  /** For rows that were created together. */
  static Reply rows(List<Applied> created, Preference preference, boolean seen) {
    Map<String, String> headers = new LinkedHashMap<>();
    preference.tell(headers);
    String body =
        preference.isMinimal() || !seen
            ? null
            : created.stream()
                .map(one -> one.present().json())
                .collect(Collectors.joining(",", "[", "]"));
    return new Reply(HttpStatus.CREATED.getCode(), headers, body);
  }

  /** For the operations of a transaction; what it touched stands there only if it is anything. */
  static Reply transaction(
      List<Step> steps,
      List<Applied> applied,
      Told told,
      Preference preference,
      Predicate<Step> seen) {
    Map<String, String> headers = new LinkedHashMap<>();
    preference.tell(headers);
    ObjectNode body = MAPPER.createObjectNode();
    for (int i = 0; i < applied.size(); i++) {
      body.withArray("results")
          .add(item(steps.get(i), applied.get(i), preference, seen.test(steps.get(i))));
    }
    if (!preference.isMinimal()) {
      told.documents().forEach(key -> body.withArray("documents").add(key));
      told.models().forEach(model -> body.withArray("models").add(model));
    }
    return new Reply(HttpStatus.OK.getCode(), headers, body.toString());
  }

  /** For independent operations. */
  static Reply bulk(
      List<Step> steps, List<ItemOutcome> outcomes, Preference preference, boolean seen) {
    Map<String, String> headers = new LinkedHashMap<>();
    preference.tell(headers);
    var body = MAPPER.createArrayNode();
    for (int i = 0; i < outcomes.size(); i++) {
      body.add(
          switch (outcomes.get(i)) {
            case ItemOutcome.Done done -> item(steps.get(i), done.applied(), preference, seen);
            case ItemOutcome.Refused refused -> item(refused.problem());
          });
    }
    return new Reply(HttpStatus.MULTI_STATUS.getCode(), headers, body.toString());
  }

  private static ObjectNode item(Step step, Applied applied, Preference preference, boolean seen) {
    ObjectNode item = MAPPER.createObjectNode().put("status", status(applied));
    Row row = applied.row();
    if (row != null) {
      item.put("location", path(step, row.key())).put("etag", tag(row));
      if (!preference.isMinimal() && seen) {
        item.putRawValue("value", new RawValue(row.json()));
      }
    }
    return item;
  }

  private static ObjectNode item(ApiProblem problem) {
    ObjectNode item = MAPPER.createObjectNode().put("status", problem.type().status());
    item.putRawValue("problem", new RawValue(ProblemWriter.json(problem, null)));
    return item;
  }

  private static int status(Applied applied) {
    return switch (applied.outcome()) {
      case CREATED -> HttpStatus.CREATED.getCode();
      case CHANGED, SAME -> HttpStatus.OK.getCode();
      case DELETED -> HttpStatus.NO_CONTENT.getCode();
    };
  }

  private static String path(Step step, List<String> key) {
    return RowUri.path(step.store().table().resource().name(), key);
  }
}
