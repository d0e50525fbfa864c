package dev.forebay.ops.session;

import dev.forebay.ops.session.Event.Mark;
import dev.forebay.ops.session.Event.Read;
import dev.forebay.ops.session.Event.Together;
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
 * own write is about promises nothing of what was shown before. A reply demands nothing of another
 * that was asked for before it came, and of two such ones a browser keeps the later cookie. Of
 * documents it is believed only what they show.
 */
final class Judge {

  private static final int FRONT_PAGE = 20;

  private final Truth truth;
  private final String session;
  private final boolean cookies;
  private final List<String> lies = new ArrayList<>();
  private final Dues dues;

  /** What the next write cannot have carried. */
  private Runnable later = () -> {};

  private Judge(Truth truth, String session, boolean cookies) {
    this.truth = truth;
    this.session = session;
    this.cookies = cookies;
    this.dues = new Dues(cookies);
  }

  /**
   * Says what was wrong; nothing, if all is well.
   *
   * @param cookies whether the client carries cookies, not headers
   */
  static List<String> lies(Truth truth, String session, boolean cookies, List<Event> events) {
    Judge judge = new Judge(truth, session, cookies);
    events.forEach(judge::hear);
    return judge.lies;
  }

  private void hear(Event event) {
    switch (event) {
      case Wrote wrote -> {
        dues.renew(wrote);
        remember(wrote);
        catchUp();
      }
      case Read read -> {
        catchUp();
        later = judge(read);
        if (!read.beside()) {
          catchUp();
        }
      }
      case Together two -> {
        catchUp();
        judge(two);
      }
    }
  }

  /** What either showed was not demanded of the other; of two cookies the later one is kept. */
  private void judge(Together two) {
    Runnable first = judge(two.first());
    Runnable last = judge(two.last());
    if (!cookies || two.last().expires() == 0) {
      first.run();
    }
    last.run();
  }

  private void catchUp() {
    later.run();
    later = () -> {};
  }

  private void remember(Wrote wrote) {
    if (wrote.expires() == 0) {
      lies.add(session + " got no token for " + wrote);
    }
    State state = truth.find(wrote.mark());
    if (state == null) {
      lies.add(session + " was told of a version that was never committed: " + wrote);
    } else {
      dues.wrote(state, wrote.expires());
      if (wrote.whole()) {
        truth.transaction(state.xid()).forEach(other -> dues.wrote(other, wrote.expires()));
      }
    }
  }

  /** Returns what the client knows more by this reply, once its token is kept. */
  private Runnable judge(Read read) {
    dues.renew(read);
    boolean unconstrained = read.freshness().equals("unconstrained");
    if (!dues.held() && !unconstrained) {
      lies.add(session + " holds no token, and is told " + read);
    }
    if (read.expires() == 0 && (!unconstrained || dues.holds(read.at()))) {
      lies.add(session + " holds a token, and gets none back: " + read);
    }
    if (unconstrained && dues.names(read.document())) {
      lies.add(
          session + " was served this document before, and is told that nothing counts: " + read);
    }
    if (read.freshness().equals("stale")) {
      return () -> {};
    }
    boolean promisesLess = unconstrained && !read.found();
    Map<String, Integer> least = dues.least(promisesLess ? null : read.document());
    TreeSet<String> rows = new TreeSet<>(least.keySet());
    rows.addAll(read.shown().keySet());
    Map<String, Integer> now = new HashMap<>();
    for (String row : rows) {
      Integer reached = reached(read, row, least);
      if (reached == null) {
        lies.add(describe(read, row, least));
      } else if (reached >= 0) {
        now.put(row, reached);
      }
    }
    return promisesLess || read.expires() == 0
        ? () -> {}
        : () -> dues.saw(read.document(), now, read.expires());
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
            dues.own(row),
            dues.seen(read.document(), row),
            read.about());
  }
}
