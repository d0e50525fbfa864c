package dev.forebay.ops.faults.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.kv.emulator.StoredValue;
import dev.forebay.ops.faults.check.Violations.Promise;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether KV holds what it must, and nothing else. */
public final class Convergence {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int SHOWN = 2_000;

  private Convergence() {}

  /**
   * Compares key by key; each difference is a violation, the first shows both sides.
   *
   * @param expected documents by key
   * @param actual what KV holds
   * @return how many keys there are on either side
   */
  public static int compare(
      Map<String, String> expected, Map<String, StoredValue> actual, Violations violations) {
    SortedSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    boolean first = true;
    for (String key : keys) {
      String must = expected.get(key);
      StoredValue is = actual.get(key);
      if (must != null && is != null && tree(must).equals(tree(is.text()))) {
        continue;
      }
      // One shows what went wrong; of the others their names tell enough.
      String both = first ? both(must, is) : "";
      first = false;
      if (must == null) {
        violations.add(Promise.EXTRA, key + " has no owner" + both);
      } else {
        violations.add(Promise.LOST, key + (is == null ? " is missing" : " is wrong") + both);
      }
    }
    return keys.size();
  }

  private static String both(@Nullable String must, @Nullable StoredValue is) {
    return "%n    expected %s%n    KV holds %s%n    metadata %s"
        .formatted(
            must == null ? "nothing" : bounded(must),
            is == null ? "nothing" : bounded(is.text()),
            is == null ? "none" : is.metadata());
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
