package dev.forebay.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A table that clients may write through the API.
 *
 * @param name in the URL, for example {@code article}
 * @param table where its rows are
 * @param key columns that identify a row, in the order of the URL's segments
 * @param write columns a client may set, as declared
 * @param roles who may: a principal needs one of the verb's; a verb without any is nobody's
 * @param version an integer column that every update through the API makes one larger, or null if
 *     the transaction that wrote the row last is its version
 * @param ifMatchRequired whether changing or deleting a row demands {@code If-Match}
 * @param databaseRole the role whose rights the statements have, or null for the API's own
 */
public record Resource(
    String name,
    TableName table,
    List<String> key,
    List<String> write,
    Map<Verb, Set<String>> roles,
    @Nullable String version,
    boolean ifMatchRequired,
    @Nullable String databaseRole) {
  public Resource {
    key = List.copyOf(key);
    write = List.copyOf(write);
    Map<Verb, Set<String>> copy = new EnumMap<>(Verb.class);
    for (Verb verb : Verb.values()) {
      copy.put(verb, Set.copyOf(roles.getOrDefault(verb, Set.of())));
    }
    roles = Map.copyOf(copy);
  }

  /** With the same roles for every verb, and nothing else said. */
  public static Resource of(
      String name, TableName table, List<String> key, List<String> write, Set<String> roles) {
    return new Resource(name, table, key, write, forAll(roles), null, false, null);
  }

  /** The same roles for every verb. */
  public static Map<Verb, Set<String>> forAll(Set<String> roles) {
    Map<Verb, Set<String>> all = new EnumMap<>(Verb.class);
    for (Verb verb : Verb.values()) {
      all.put(verb, roles);
    }
    return all;
  }

  /** Who may do this; empty: nobody. */
  public Set<String> rolesFor(Verb verb) {
    return roles.getOrDefault(verb, Set.of());
  }

  /** Every role that is named, sorted. */
  public Set<String> allRoles() {
    Set<String> all = new TreeSet<>();
    roles.values().forEach(all::addAll);
    return all;
  }
}
