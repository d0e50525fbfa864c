package dev.forebay.model.file;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/** Knows which words lead to the next event of a file that is no tree yet. */
final class EventPath {

  private static final class Level {
    final boolean mapping;
    final Location at;
    @Nullable Location word;

    Level(boolean mapping, Location at) {
      this.mapping = mapping;
      this.at = at;
    }
  }

  private final Deque<Level> levels = new ArrayDeque<>();

  /** Returns where an event is; to be asked of each, in their order. */
  Location next(Event event) {
    int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    if (event instanceof CollectionEndEvent) {
      Location ended = levels.pop().at.at(line);
      endValue();
      return ended;
    }
    Location here = here(event, line);
    if (event instanceof CollectionStartEvent) {
      levels.push(new Level(event instanceof MappingStartEvent, here));
    }
    return here;
  }

  private Location here(Event event, int line) {
    Level level = levels.peek();
    if (level == null) {
      return Location.TOP.at(line);
    }
    if (level.mapping && level.word == null) {
      level.word =
          event instanceof ScalarEvent key
              ? level.at.below(key.getValue(), line)
              : level.at.at(line);
      return level.word;
    }
    Location here = level.word == null ? level.at.at(line) : level.word.at(line);
    if (event instanceof ScalarEvent || event instanceof AliasEvent) {
      endValue();
    }
    return here;
  }

  private void endValue() {
    Level level = levels.peek();
    if (level != null) {
      level.word = null;
    }
  }

  /** How many collections stand around the next event. */
  int depth() {
    return levels.size();
  }
}
