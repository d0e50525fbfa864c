package dev.forebay.api.token;

import dev.forebay.model.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keeps tokens small by demanding more in fewer words: a version that meets the bounded payload
 * meets the payload itself.
 */
final class Bounds {

  static final int MAX_DOCUMENTS = 32;
  static final int MAX_BYTES = 2_600;
  static final int MAX_XIDS = 16;
  static final int MAX_SNAPSHOT = 200;

  private Bounds() {}

  /**
   * Returns a payload of at most {@link #MAX_DOCUMENTS} documents and {@link #MAX_BYTES} of JSON:
   * where there is more, the models with most documents are demanded as a whole, then everything.
   */
  static Payload bound(Payload payload) {
    SortedMap<String, SortedMap<String, Requirement>> entries = new TreeMap<>();
    payload
        .entries()
        .forEach((model, ids) ->
            ids.forEach((id, entry) -> Payload.add(entries, model, id, bound(entry))));
    Payload bounded = new Payload(payload.history(), payload.expires(), entries);
    while (isTooMuch(bounded)) {
      collapse(entries);
      bounded = new Payload(payload.history(), payload.expires(), entries);
    }
    return bounded;
  }

  private static boolean isTooMuch(Payload payload) {
    long documents = payload.entries().values().stream().mapToLong(Bounds::documents).sum();
    return documents > MAX_DOCUMENTS
        || PayloadJson.write(payload).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }

  private static long documents(SortedMap<String, Requirement> ids) {
    return ids.keySet().stream().filter(id -> !id.equals(Payload.ALL)).count();
  }

  private static void collapse(SortedMap<String, SortedMap<String, Requirement>> entries) {
    // Of equal ones min() takes the first, which is the first by name.
    Map.Entry<String, SortedMap<String, Requirement>> most =
        Collections.min(
            entries.entrySet(), Comparator.comparingLong(model -> -documents(model.getValue())));
    if (documents(most.getValue()) > 0) {
      put(entries, most.getKey(), collapsed(most.getValue().values()));
    } else {
      Requirement all =
          collapsed(entries.values().stream().flatMap(ids -> ids.values().stream()).toList());
      entries.clear();
      put(entries, Payload.ALL, all);
    }
  }

  private static void put(
      SortedMap<String, SortedMap<String, Requirement>> entries, String model, Requirement all) {
    entries.put(model, new TreeMap<>(Map.of(Payload.ALL, all)));
  }

  /** One that demands all that these do, without content: it is for many documents. */
  private static Requirement collapsed(Collection<Requirement> entries) {
    Requirement all = entries.stream().reduce(Requirement::merge).orElseThrow();
    Snapshot seen = all.seen() == null ? null : Snapshot.below(all.seen().xmax());
    return bound(new Requirement(all.xids(), seen, null));
  }

  private static Requirement bound(Requirement entry) {
    Snapshot seen = entry.seen();
    if (entry.xids().size() > MAX_XIDS) {
      long xmax = Math.max(entry.xids().last() + 1, seen == null ? 0 : seen.xmax());
      return new Requirement(new TreeSet<>(), Snapshot.below(xmax), null);
    }
    if (seen != null && seen.toString().length() > MAX_SNAPSHOT) {
      return new Requirement(entry.xids(), seen.roundedUp(), entry.content());
    }
    return entry;
  }
}
