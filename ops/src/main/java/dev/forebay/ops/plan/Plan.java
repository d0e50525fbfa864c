package dev.forebay.ops.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a forebay.yaml would do.
 *
 * @param place which database, for people
 * @param instance which Forebay of it
 * @param models those of the file in its order, then those it no longer declares
 * @param cost of all of it
 * @param changes sample documents before and after
 * @param notes what the figures do not say, one sentence or two each
 */
public record Plan(
    String place,
    String instance,
    List<ModelPlan> models,
    KvCost cost,
    List<DocumentChange> changes,
    List<String> notes) {

  /**
   * One document that is written anew.
   *
   * @param model its model
   * @param key its KV key without the instance's prefix
   * @param before JSON as the earlier definition builds it; null if unknown, see {@code note}
   * @param after JSON as the file builds it; null if it is too large to be shown
   * @param note what has to be said of them; null for nothing
   */
  public record DocumentChange(
      String model,
      String key,
      @Nullable String before,
      @Nullable String after,
      @Nullable String note) {}

  public Plan {
    models = List.copyOf(models);
    changes = List.copyOf(changes);
    notes = List.copyOf(notes);
  }

  /** Whether any figure is an estimate from a sample. */
  public boolean estimated() {
    return models.stream().anyMatch(ModelPlan::estimated);
  }
}
