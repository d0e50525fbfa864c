package dev.forebay.api.touch;

import dev.forebay.api.token.Touched;
import dev.forebay.model.DocumentKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Documents and models as they are found; documents that are too many become their models. */
final class Findings {

  /** Documents that one write names one by one. */
  static final int MOST = 32;

  private final String keyPrefix;
  private final SortedMap<String, SortedSet<String>> documents = new TreeMap<>();
  private final SortedSet<String> models = new TreeSet<>();

  /**
   * @param keyPrefix of the instance's keys in KV
   */
  Findings(String keyPrefix) {
    this.keyPrefix = keyPrefix;
  }

  /** Every document of these. */
  void addWholly(Collection<String> names) {
    models.addAll(names);
    documents.keySet().removeAll(names);
  }

  void add(DocumentKey key) {
    if (!models.contains(key.model())) {
      SortedSet<String> keys = documents.computeIfAbsent(key.model(), model -> new TreeSet<>());
      keys.add(keyPrefix + key.kvKey());
      if (keys.size() > MOST) {
        collapse(key.model());
      }
    }
  }

  Touched touched(long xid) {
    while (documents.values().stream().mapToInt(Collection::size).sum() > MOST) {
      documents.entrySet().stream()
          .max(
              Comparator.<Map.Entry<String, SortedSet<String>>>comparingInt(
                      entry -> entry.getValue().size())
                  .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
          .map(Map.Entry::getKey)
          .ifPresent(this::collapse);
    }
    return new Touched(xid, documents, models);
  }

  private void collapse(String model) {
    documents.remove(model);
    models.add(model);
  }
}
