package dev.forebay.ops.plan.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.forebay.ops.plan.KvCost;
import dev.forebay.ops.plan.ModelPlan;
import dev.forebay.ops.plan.Plan;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plan as one JSON object, for scripts. Names are never changed, only added. */
public final class PlanJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private PlanJson() {}

  /** Renders a plan; the last line ends with a line feed. */
  public static String render(Plan plan) throws JsonProcessingException {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("instance", plan.instance());
    root.put("estimated", plan.estimated());
    ArrayNode models = root.putArray("models");
    plan.models().forEach(model -> add(models.addObject(), model));
    add(root.putObject("kv"), plan.cost());
    ArrayNode changes = root.putArray("changes");
    plan.changes().forEach(change -> add(changes.addObject(), change));
    addAll(root.putArray("notes"), plan.notes());
    return MAPPER.writeValueAsString(root) + "\n";
  }

  private static void add(ObjectNode node, ModelPlan model) {
    node.put("name", model.name());
    node.put("state", model.state().name().toLowerCase(Locale.ROOT));
    node.put("estimated", model.estimated());
    node.put("documentsBefore", model.documentsBefore());
    node.put("added", model.added());
    node.put("changed", model.changed());
    node.put("removed", model.removed());
    node.put("unchanged", model.unchanged());
    node.put("deadLetters", model.deadLetters());
    node.put("bytesBefore", model.bytesBefore());
    node.put("bytesAfter", model.bytesAfter());
    node.put("bytesWritten", model.bytesWritten());
    addAll(node.putArray("addedKeys"), model.samples().added());
    addAll(node.putArray("removedKeys"), model.samples().removed());
    ArrayNode dead = node.putArray("deadLetterSamples");
    for (ModelPlan.DeadLetter one : model.samples().deadLetters()) {
      dead.addObject().put("key", one.key()).put("reason", one.reason());
    }
  }

  private static void add(ObjectNode node, KvCost cost) {
    node.put("writes", cost.writes());
    node.put("deletes", cost.deletes());
    node.put("requests", cost.requests());
    node.put("requestSeconds", cost.requestTime().toSeconds());
    node.put("listPriceDollars", cents(cost.changeDollars()));
    node.put("storageDollarsPerMonthBefore", cents(cost.storageDollarsBefore()));
    node.put("storageDollarsPerMonthAfter", cents(cost.storageDollarsAfter()));
    node.put("freeQuotasDeducted", false);
  }

  /** No more digits than a price has use for. */
  private static double cents(double dollars) {
    return Math.round(dollars * 1e6) / 1e6;
  }

  private static void add(ObjectNode node, Plan.DocumentChange change) {
    node.put("model", change.model());
    node.put("key", change.key());
    putJson(node, "before", change.before());
    putJson(node, "after", change.after());
    node.put("note", change.note());
  }

  /** As PostgreSQL wrote it: numbers keep every digit. */
  private static void putJson(ObjectNode node, String name, @Nullable String json) {
    if (json == null) {
      node.putNull(name);
    } else {
      node.putRawValue(name, new RawValue(json));
    }
  }

  private static void addAll(ArrayNode array, List<String> texts) {
    texts.forEach(array::add);
  }
}
