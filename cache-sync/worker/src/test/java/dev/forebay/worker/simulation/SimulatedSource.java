package dev.forebay.worker.simulation;

import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.simulation.Row.Kind;
import dev.forebay.worker.source.Content;
import dev.forebay.worker.source.Source;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the database in memory by the same rules as compiled statements do.
 *
 * @param routing whether it is the source of routing, or that of builds
 */
record SimulatedSource(SimulatedDatabase database, World world, boolean routing) implements Source {

  static final String MODEL = "root";

  static DocumentKey key(String slug) {
    return new DocumentKey(MODEL, List.of(slug), MODEL + ":" + slug);
  }

  @Override
  public Session open() {
    world.meanwhile();
    return new SimulatedSession(database, world, database.snapshot(), routing);
  }

  private record SimulatedSession(
      SimulatedDatabase database, World world, Snapshot real, boolean routing) implements Session {

    @Override
    public Snapshot snapshot() {
      return routing ? world.pretended(real) : real;
    }

    @Override
    public Instant databaseTime() {
      return world.now();
    }

    @Override
    public List<Affected> affected(List<RowChange> changes, int limit) {
      world.meanwhile();
      Set<Affected> affected = new LinkedHashSet<>();
      for (int i = 0; i < changes.size(); i++) {
        follow(i, changes.get(i), changes.get(i).before(), affected);
        follow(i, changes.get(i), changes.get(i).after(), affected);
      }
      return List.copyOf(affected);
    }

    private void follow(
        int index,
        RowChange change,
        @Nullable Map<String, @Nullable String> image,
        Set<Affected> to) {
      if (image == null) {
        return;
      }
      if (change.table().equals(Kind.ROOT.table())) {
        to.add(new Affected(index, key(String.valueOf(image.get("value")))));
        return;
      }
      int outer = Integer.parseInt(String.valueOf(image.get("outer")));
      if (change.table().equals(Kind.LEAF.table())) {
        Row middle = database.rows(Kind.MIDDLE, real).get(outer);
        if (middle == null) {
          return;
        }
        outer = middle.outer();
      }
      Row root = database.rows(Kind.ROOT, real).get(outer);
      if (root != null) {
        to.add(new Affected(index, key(root.value())));
      }
    }

    @Override
    public List<Content> build(String model, Collection<DocumentKey> keys) {
      world.meanwhile();
      Map<String, String> documents = database.documents(real);
      List<Content> built = new ArrayList<>();
      for (DocumentKey key : keys) {
        if (built.isEmpty() || world.chance(90)) { // else it was too much for one turn
          built.add(new Content(key, documents.get(key.values().getFirst()), null));
        }
      }
      return built;
    }

    @Override
    public void close() {}
  }
}
