package dev.forebay.ops.session;

import dev.forebay.ops.session.Event.Mark;
import dev.forebay.ops.session.Event.Read;
import dev.forebay.ops.session.Event.Wrote;
import dev.forebay.ops.session.Truth.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether what one session was served is what its labels say. For one thread.
 *
 * <p>A reply that is not stale has every row as the session has written it or newer, and for the
 * holder of a token also as this document has shown it before, or newer. Only a miss of KV that no
 * own write is about promises nothing of what was shown before. Of documents it is believed only
 * what they show.
 */
final class Judge {

  private static final int FRONT_PAGE = 20;

  private final Truth truth;
  private final String session;
  private final List<String> lies = new ArrayList<>();

  /** A version that must have been reached, while the token that says so is good. */
  private record Due(int index, long expires) {

    Due newer(Due other) {
      return other.index >= index ? other : this;
    }
  }

  /** By row: what every document must have reached. */
  private final Map<String, Due> own = new HashMap<>();

  /** The same by document: what it has shown. */
  private final Map<String, Map<String, Due>> seen = new HashMap<>();

  /** What the next write cannot have carried. */
  private Runnable later = () -> {};

  private boolean held;

  private Judge(Truth truth, String session) {
    this.truth = truth;
    this.session = session;
  }

  /** Says what was wrong; nothing, if all is well. */
  static List<String> lies(Truth truth, String session, List<Event> events) {
    Judge judge = new Judge(truth, session);
    for (Event event : events) {
      switch (event) {
        case Wrote wrote -> {
          judge.renew(wrote);
          judge.remember(wrote);
          judge.catchUp();
        }
        case Read read -> {
          judge.catchUp();
          judge.renew(read);
          judge.judge(read);
        }
      }
    }
    return judge.lies;
  }

  private void catchUp() {
    later.run();
    later = () -> {};
  }

  /** What a reply's token still demands it demands as long as it is good; the rest has ended. */
  private void renew(Event event) {
    renew(own, event);
    seen.values().forEach(shown -> renew(shown, event));
    held |= event.expires() > 0;
  }

  private static void renew(Map<String, Due> dues, Event event) {
    // Tokens count in whole seconds.
    dues.values().removeIf(due -> due.expires() <= event.at().getEpochSecond() + 1);
    dues.replaceAll((row, due) -> new Due(due.index(), Math.max(due.expires(), event.expires())));
  }

  private void remember(Wrote wrote) {
    if (wrote.expires() == 0) {
      lies.add(session + " got no token for " + wrote);
    }
    State state = truth.find(wrote.mark());
    if (state == null) {
      lies.add(session + " was told of a version that was never committed: " + wrote);
    } else {
      raise(own, state, wrote.expires());
      if (wrote.whole()) {
        truth.transaction(state.xid()).forEach(other -> raise(own, other, wrote.expires()));
      }
    }
  }

  private static void raise(Map<String, Due> dues, State state, long expires) {
    dues.merge(state.row(), new Due(state.index(), expires), Due::newer);
  }

  private void judge(Read read) {
    boolean unconstrained = read.freshness().equals("unconstrained");
    if (!held && !unconstrained) {
      lies.add(session + " holds no token, and is told " + read);
    }
    if (!unconstrained && read.expires() == 0) {
      lies.add(session + " holds a token, and gets none back: " + read);
    }
    if (read.freshness().equals("stale")) {
      return;
    }
    boolean promisesLess = unconstrained && !read.found();
    Map<String, Due> before = seen.getOrDefault(read.document(), Map.of());
    Map<String, Integer> least = new HashMap<>();
    own.forEach((row, due) -> least.put(row, due.index()));
    if (!promisesLess) {
      before.forEach((row, due) -> least.merge(row, due.index(), Math::max));
    }
    TreeSet<String> rows = new TreeSet<>(least.keySet());
    rows.addAll(read.shown().keySet());
    Map<String, Due> now = new HashMap<>();
    for (String row : rows) {
      Integer reached = reached(read, row, least);
      if (reached == null) {
        lies.add(describe(read, row, least));
      } else if (reached >= 0) {
        now.put(row, new Due(reached, read.expires()));
      }
    }
    if (promisesLess || read.expires() == 0) {
      return;
    }
    Runnable keep =
        () -> {
          Map<String, Due> all = seen.computeIfAbsent(read.document(), key -> new HashMap<>());
          now.forEach((row, due) -> all.merge(row, due, Due::newer));
        };
    if (read.beside()) {
      later = keep;
    } else {
      keep.run();
    }
  }

  /**
   * The version of a row that a document has reached at least: -1 if it says nothing of the row;
   * null if it is behind, or shows what never was.
   */
  private @Nullable Integer reached(Read read, String row, Map<String, Integer> least) {
    int demanded = least.getOrDefault(row, 0);
    Integer version = read.shown().get(row);
    if (version != null) {
      State state = truth.find(new Mark(row, version));
      return state == null || state.index() < demanded ? null : Integer.valueOf(state.index());
    }
    return truth.possible(row, demanded, read.at()).stream()
        .filter(state -> !mustShow(read, state, least))
        .findFirst()
        .map(state -> mayShow(read, row) ? state.index() : -1)
        .orElse(null);
  }

  private boolean mayShow(Read read, String row) {
    return truth.states(row).stream().anyMatch(state -> mustShow(read, state, Map.of()));
  }

  /** Whether the document must show the row where it is so. */
  private boolean mustShow(Read read, State state, Map<String, Integer> least) {
    String table = state.row().substring(0, state.row().indexOf(' '));
    return switch (read.model() + " " + table) {
      case "article article" -> state.published() && state.slug().equals(read.slug());
      case "tag tag", "author author" -> state.alive() && state.slug().equals(read.slug());
      case "author article" -> state.published() && slug(state.other("author")).equals(read.slug());
      case "front_page article" -> state.published() && belongsToFirst(read, state);
      case "article link" -> state.alive() && isShown(read, state, least, read.slug());
      case "tag link" ->
          state.alive()
              && slug(state.other("tag")).equals(read.slug())
              && isShown(read, state, least, null);
      // It shows others' authors and tags, and need not.
      default -> false;
    };
  }

  /** Whether the article of a link is surely published, under that slug if one is named. */
  private boolean isShown(
      Read read, State link, Map<String, Integer> least, @Nullable String underSlug) {
    String article = link.other("article");
    return truth.possible(article, least.getOrDefault(article, 0), read.at()).stream()
        .allMatch(
            state -> state.published() && (underSlug == null || state.slug().equals(underSlug)));
  }

  /** Newer versions stand before older ones. */
  private static boolean belongsToFirst(Read read, State state) {
    List<Integer> versions =
        read.shown().entrySet().stream()
            .filter(entry -> entry.getKey().startsWith("article "))
            .map(Map.Entry::getValue)
            .sorted()
            .toList();
    return versions.size() < FRONT_PAGE || state.version() > versions.getFirst();
  }

  /** Of authors and tags, which never change it. */
  private String slug(String row) {
    return truth.states(row).getFirst().slug();
  }

  private String describe(Read read, String row, Map<String, Integer> least) {
    List<State> states = truth.states(row);
    int demanded = least.getOrDefault(row, 0);
    return "%s: %s %s shows %s at %s; demanded is version %s of %s (own %s, seen %s) [%s]"
        .formatted(
            session,
            read.freshness(),
            read.document(),
            row,
            read.shown().get(row),
            states.isEmpty() ? "?" : states.get(demanded).version(),
            states.stream().map(State::version).toList(),
            own.get(row),
            seen.getOrDefault(read.document(), Map.of()).get(row),
            read.about());
  }
}
