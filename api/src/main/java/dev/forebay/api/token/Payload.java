package dev.forebay.api.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a token says. Immutable.
 *
 * @param history of the database in which its transactions are
 * @param expires the second since 1970 from which it is no good
 * @param entries what is demanded, by model and document id; {@link #ALL} instead of an id is every
 *     document of the model, and instead of a model every model
 */
record Payload(
    String history, long expires, SortedMap<String, SortedMap<String, Requirement>> entries) {

  static final String ALL = "*";
  static final Pattern MODEL = Pattern.compile("[a-z][a-z0-9_]{0,39}");
  static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{11}");

  private static final Pattern HISTORY = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final long MAX_EXPIRES = 999_999_999_999L;
  private static final int ID_BYTES = 8;

  Payload {
    check(HISTORY.matcher(history).matches(), "a history's id has other characters");
    check(expires > 0 && expires <= MAX_EXPIRES, "no such second");
    SortedMap<String, SortedMap<String, Requirement>> copy = new TreeMap<>();
    entries.forEach((model, ids) -> copy.put(model, checked(model, ids)));
    entries = Collections.unmodifiableSortedMap(copy);
  }

  private static SortedMap<String, Requirement> checked(
      String model, SortedMap<String, Requirement> ids) {
    boolean every = model.equals(ALL);
    check(every || MODEL.matcher(model).matches(), "no name of a model");
    check(!ids.isEmpty(), "a model without entries");
    for (String id : ids.keySet()) {
      check(id.equals(ALL) || (!every && ID.matcher(id).matches()), "no id of a document");
    }
    Requirement all = ids.get(ALL);
    check(all == null || all.content() == null, "content of many documents");
    return Collections.unmodifiableSortedMap(new TreeMap<>(ids));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The id that stands for a document: short, and two that share one err towards stale. */
  static String id(String prefixedKey) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(prefixedKey.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Merges those of the history that expires last; of one at least. */
  static Payload merge(List<Payload> payloads) {
    if (payloads.size() == 1) {
      return payloads.getFirst();
    }
    Payload last =
        Collections.max(
            payloads, Comparator.comparingLong(Payload::expires).thenComparing(Payload::history));
    SortedMap<String, SortedMap<String, Requirement>> merged = new TreeMap<>();
    for (Payload payload : payloads) {
      if (payload.history.equals(last.history)) {
        payload.entries.forEach(
            (model, ids) -> ids.forEach((id, entry) -> add(merged, model, id, entry)));
      }
    }
    return new Payload(last.history, last.expires, merged);
  }

  /** Puts an entry in, beside what is demanded of the document already. */
  static void add(
      SortedMap<String, SortedMap<String, Requirement>> entries,
      String model,
      String id,
      Requirement entry) {
    entries.computeIfAbsent(model, name -> new TreeMap<>()).merge(id, entry, Requirement::merge);
  }

  /** What is demanded of a document, by its id, its model or as of all. */
  Optional<Requirement> requirement(String model, String id) {
    return Stream.of(find(model, id), find(model, ALL), find(ALL, ALL))
        .flatMap(Collection::stream)
        .reduce(Requirement::merge);
  }

  private List<Requirement> find(String model, String id) {
    SortedMap<String, Requirement> ids = entries.get(model);
    Requirement entry = ids == null ? null : ids.get(id);
    return entry == null ? List.of() : List.of(entry);
  }
}
