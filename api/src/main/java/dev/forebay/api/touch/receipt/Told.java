package dev.forebay.api.touch.receipt;

import dev.forebay.api.token.Touched;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a client is told of what it touched.
 *
 * @param documents keys in KV, with the instance's prefix, sorted by model
 * @param models of which every document may be touched, or more documents than can be named; {@link
 *     Touched#EVERY_MODEL} alone: more models than there is room for
 */
public record Told(List<String> documents, List<String> models) {

  /** Nothing, or nobody asks. */
  public static final Told NOTHING = new Told(List.of(), List.of());

  /** Characters of all documents together, as a header has them; and of all models. */
  private static final int ROOM = 4_096;

  private static final String SEPARATOR = ", ";

  public Told {
    documents = List.copyOf(documents);
    models = List.copyOf(models);
  }

  static Told of(Touched touched) {
    List<String> documents = new ArrayList<>();
    SortedSet<String> models = new TreeSet<>(touched.models());
    int room = ROOM;
    for (var entry : touched.documents().entrySet()) {
      int length = length(entry.getValue());
      if (length > room) {
        models.add(entry.getKey());
      } else {
        room -= length;
        documents.addAll(entry.getValue());
      }
    }
    return new Told(
        documents, length(models) > ROOM ? List.of(Touched.EVERY_MODEL) : List.copyOf(models));
  }

  /** With quotes and what separates them. */
  private static int length(Collection<String> keys) {
    return keys.stream().mapToInt(key -> key.length() + 2 + SEPARATOR.length()).sum();
  }

  /** A list of strings (RFC 9651); keys and names have nothing in them that must be escaped. */
  static String list(List<String> texts) {
    return texts.stream().map(text -> '"' + text + '"').collect(Collectors.joining(SEPARATOR));
  }
}
