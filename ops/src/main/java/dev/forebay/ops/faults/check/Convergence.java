package dev.forebay.ops.faults.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.ops.faults.check.Violations.Promise;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether KV holds what it must, and nothing else. */
public final class Convergence {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int SHOWN = 2_000;

  private Convergence() {}

  /**
   * Compares key by key; each difference is a violation that shows both sides.
   *
   * @param expected documents by key
   * @param actual what KV holds
   * @return how many keys there are on either side
   */
  public static int compare(
      Map<String, String> expected, Map<String, StoredValue> actual, Violations violations) {
    SortedSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    for (String key : keys) {
      String must = expected.get(key);
      StoredValue is = actual.get(key);
      if (must == null) {
        String text = is == null ? "nothing" : bounded(is.text());
        violations.add(Promise.EXTRA, key + " has no owner, KV holds " + text);
      } else if (is == null) {
        violations.add(Promise.LOST, key + " is missing, must be " + bounded(must));
      } else if (!tree(must).equals(tree(is.text()))) {
        violations.add(
            Promise.LOST,
            "%s%n    expected %s%n    KV holds %s%n    metadata %s"
                .formatted(key, bounded(must), bounded(is.text()), is.metadata()));
      }
    }
    return keys.size();
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON", e);
    }
  }

  private static String bounded(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
