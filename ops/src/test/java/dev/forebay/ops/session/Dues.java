package dev.forebay.ops.session;

import dev.forebay.ops.session.Event.Read;
import dev.forebay.ops.session.Event.Reply;
import dev.forebay.ops.session.Event.Wrote;
import dev.forebay.ops.session.Truth.State;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tokens that one client keeps demand of the next reply. For one thread. */
final class Dues {

  /** A version that must have been reached, while the token that says so is good. */
  record Due(int index, long expires) {

    private Due newer(Due other) {
      return other.index >= index ? other : this;
    }
  }

  private final boolean cookies;

  /** By row: what every document must have reached. */
  private final Map<String, Due> own = new HashMap<>();

  /** The same by document: what it has shown. */
  private final Map<String, Map<String, Due>> seen = new HashMap<>();

  private long expires;

  Dues(boolean cookies) {
    this.cookies = cookies;
  }

  /** A read's reply has all that its request carried, and lives as long as what lives longest. */
  void renew(Read read) {
    end(read);
    renew(own, read);
    seen.values().forEach(shown -> renew(shown, read));
  }

  /** A write's too; but of cookies the API reads only its own. */
  void renew(Wrote wrote) {
    end(wrote);
    renew(own, wrote);
    if (!cookies) {
      seen.values().forEach(shown -> renew(shown, wrote));
    }
  }

  private void end(Reply reply) {
    own.values().removeIf(due -> isOver(due.expires(), reply.at()));
    seen.values()
        .forEach(shown -> shown.values().removeIf(due -> isOver(due.expires(), reply.at())));
    expires = Math.max(expires, reply.expires());
  }

  private static void renew(Map<String, Due> dues, Reply reply) {
    dues.replaceAll((row, due) -> new Due(due.index(), Math.max(due.expires(), reply.expires())));
  }

  /** Tokens count in whole seconds. */
  private static boolean isOver(long expires, Instant now) {
    return expires <= now.getEpochSecond() + 1;
  }

  /** Whether there ever was a token. */
  boolean held() {
    return expires > 0;
  }

  /** Whether one is good for sure. */
  boolean holds(Instant now) {
    return !isOver(expires, now);
  }

  /** Adds what a write has made. */
  void wrote(State state, long until) {
    own.merge(state.row(), new Due(state.index(), until), Due::newer);
  }

  /** Adds what a document has shown. */
  void saw(String document, Map<String, Integer> shown, long until) {
    Map<String, Due> all = seen.computeIfAbsent(document, key -> new HashMap<>());
    shown.forEach((row, index) -> all.merge(row, new Due(index, until), Due::newer));
  }

  /** Whether some token names this document because it was served. */
  boolean names(String document) {
    return !seen.getOrDefault(document, Map.of()).isEmpty();
  }

  /**
   * The versions that are demanded, by row.
   *
   * @param document whose own past counts; null if none does
   */
  Map<String, Integer> least(@Nullable String document) {
    Map<String, Integer> least = new HashMap<>();
    own.forEach((row, due) -> least.put(row, due.index()));
    if (document != null) {
      seen.getOrDefault(document, Map.of())
          .forEach((row, due) -> least.merge(row, due.index(), Math::max));
    }
    return least;
  }

  /** What is demanded of a row everywhere, for people. */
  @Nullable Due own(String row) {
    return own.get(row);
  }

  /** The same of what a document shows of it. */
  @Nullable Due seen(String document, String row) {
    return seen.getOrDefault(document, Map.of()).get(row);
  }
}
