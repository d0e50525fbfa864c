package dev.forebay.api.token;

import dev.forebay.model.Snapshot;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
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
    // Each model once: it ends, whatever is counted.
    for (Map.Entry<String, SortedMap<String, Requirement>> model : largestFirst(entries)) {
      if (!isTooMuch(of(payload, entries))) {
        return of(payload, entries);
      }
      put(entries, model.getKey(), collapsed(model.getValue().values()));
    }
    if (isTooMuch(of(payload, entries))) {
      collapse(entries);
    }
    return of(payload, entries);
  }

  private static Payload of(
      Payload payload, SortedMap<String, SortedMap<String, Requirement>> entries) {
    return new Payload(payload.history(), payload.expires(), entries);
  }

  private static boolean isTooMuch(Payload payload) {
    long documents = payload.entries().values().stream().mapToLong(Bounds::documents).sum();
    return documents > MAX_DOCUMENTS
        || PayloadJson.write(payload).getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
  }

  private static long documents(SortedMap<String, Requirement> ids) {
    return ids.keySet().stream().filter(id -> !id.equals(Payload.ALL)).count();
  }

  /** The models that are not demanded as a whole; of equal ones the first by name comes first. */
  private static List<Map.Entry<String, SortedMap<String, Requirement>>> largestFirst(
      SortedMap<String, SortedMap<String, Requirement>> entries) {
    return entries.entrySet().stream()
        .<Map.Entry<String, SortedMap<String, Requirement>>>map(Map.Entry::copyOf)
        .filter(model -> documents(model.getValue()) > 0)
        .sorted(Comparator.comparingLong(model -> -documents(model.getValue())))
        .toList();
  }

  private static void collapse(SortedMap<String, SortedMap<String, Requirement>> entries) {
    Requirement all =
        collapsed(entries.values().stream().flatMap(ids -> ids.values().stream()).toList());
    entries.clear();
    put(entries, Payload.ALL, all);
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
