package dev.forebay.api.token;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one transaction changed, as read models see it. Immutable.
 *
 * @param xid the transaction, 64 bits, 1 to 2^63 − 2
 * @param documents KV keys by model: those that the transaction may have changed, made or removed;
 *     with or without the instance's prefix
 * @param models of which any document may be another now; {@link #EVERY_MODEL} stands for all
 */
public record Touched(
    long xid, SortedMap<String, SortedSet<String>> documents, SortedSet<String> models) {

  /** Stands for every document of every model. */
  public static final String EVERY_MODEL = "*";

  /**
   * Copies what is given; a model without documents is left out.
   *
   * @throws IllegalArgumentException if there is no such transaction or model
   */
  public Touched {
    if (xid < 1 || xid > Requirement.MAX_XID) {
      throw new IllegalArgumentException("xid " + xid + " is none that PostgreSQL assigns");
    }
    SortedMap<String, SortedSet<String>> copy = new TreeMap<>();
    for (Map.Entry<String, SortedSet<String>> model : documents.entrySet()) {
      checkName(model.getKey());
      if (!model.getValue().isEmpty()) {
        copy.put(
            model.getKey(), Collections.unmodifiableSortedSet(new TreeSet<>(model.getValue())));
      }
    }
    for (String model : models) {
      if (!model.equals(EVERY_MODEL)) {
        checkName(model);
      }
    }
    documents = Collections.unmodifiableSortedMap(copy);
    models = Collections.unmodifiableSortedSet(new TreeSet<>(models));
  }

  private static void checkName(String model) {
    if (!Payload.MODEL.matcher(model).matches()) {
      throw new IllegalArgumentException("'" + model + "' is not the name of a read model");
    }
  }

  /** Whether no document is another than before. */
  public boolean isEmpty() {
    return documents.isEmpty() && models.isEmpty();
  }
}
