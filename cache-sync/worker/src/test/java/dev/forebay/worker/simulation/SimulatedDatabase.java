package dev.forebay.worker.simulation;

import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.simulation.Row.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows, transactions and the log of a primary. A commit stands in the log at once and becomes
 * visible later, in any order; until then its rows are locked, as PostgreSQL keeps them.
 */
final class SimulatedDatabase {

  /** Begins beyond 2^32, so that the ids of the log must be widened. */
  private static final long FIRST_XID = (1L << 32) - 3;

  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final int ROOTS = 4;
  private static final int MIDDLES = 4;
  private static final int LEAVES = 5;

  record RowId(Kind kind, int id) {}

  private record Version(long xid, @Nullable Row row) {}

  /** One transaction in the log. */
  record Commit(long xid, Instant at, List<RowChange> changes) {}

  private final Random random;
  private final Map<RowId, List<Version>> rows =
      new TreeMap<>(Comparator.comparing(RowId::kind).thenComparingInt(RowId::id));
  private final List<Commit> log = new ArrayList<>();
  private final Set<Long> running = new HashSet<>();
  private long nextXid = FIRST_XID;

  SimulatedDatabase(Random random) {
    this.random = random;
  }

  List<Commit> log() {
    return log;
  }

  Snapshot snapshot() {
    long xmin = running.stream().min(Long::compare).orElse(nextXid);
    String inProgress =
        running.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    return Snapshot.parse(xmin + ":" + nextXid + ":" + inProgress);
  }

  /** One committed transaction becomes visible. */
  void show() {
    if (!running.isEmpty()) {
      List<Long> all = running.stream().sorted().toList();
      running.remove(all.get(random.nextInt(all.size())));
    }
  }

  void showAll() {
    running.clear();
  }

  /** Makes one to three changes in a transaction, which is in the log when this returns. */
  void commit(Instant at) {
    long xid = nextXid++;
    List<RowChange> changes = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      change(xid, changes);
    }
    if (!changes.isEmpty()) {
      running.add(xid);
      log.add(new Commit(xid, at, List.copyOf(changes)));
    }
  }

  private void change(long xid, List<RowChange> changes) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    int count = kind == Kind.ROOT ? ROOTS : kind == Kind.MIDDLE ? MIDDLES : LEAVES;
    RowId id = new RowId(kind, 1 + random.nextInt(count));
    List<Version> versions = rows.computeIfAbsent(id, absent -> new ArrayList<>());
    if (isLocked(versions)) {
      return;
    }
    Row before = versions.isEmpty() ? null : versions.getLast().row;
    Row after = before != null && random.nextInt(4) == 0 ? null : draw(id);
    if (after != null && kind == Kind.ROOT && isTaken(after)) {
      return;
    }
    if (Objects.equals(before, after)) {
      return;
    }
    versions.add(new Version(xid, after));
    changes.add(Row.change(kind, before, after));
  }

  private boolean isLocked(List<Version> versions) {
    return !versions.isEmpty() && running.contains(versions.getLast().xid);
  }

  private Row draw(RowId id) {
    return switch (id.kind) {
      case ROOT -> new Row(Kind.ROOT, id.id, "slug" + random.nextInt(ROOTS), 0);
      case MIDDLE -> new Row(Kind.MIDDLE, id.id, "", 1 + random.nextInt(ROOTS));
      case LEAF -> new Row(Kind.LEAF, id.id, "v" + random.nextInt(3), 1 + random.nextInt(MIDDLES));
    };
  }

  /** Slugs are unique; one that a commit nobody sees yet has given up is still taken. */
  private boolean isTaken(Row root) {
    return rows.entrySet().stream()
        .filter(entry -> entry.getKey().kind == Kind.ROOT && entry.getKey().id != root.id())
        .map(Map.Entry::getValue)
        .anyMatch(versions ->
            holds(versions, versions.size() - 1, root)
                || (isLocked(versions) && holds(versions, versions.size() - 2, root)));
  }

  private static boolean holds(List<Version> versions, int index, Row root) {
    Row row = index < 0 ? null : versions.get(index).row;
    return row != null && row.value().equals(root.value());
  }

  /** The rows of a kind as a snapshot sees them, by id. */
  Map<Integer, Row> rows(Kind kind, Snapshot snapshot) {
    Map<Integer, Row> seen = new HashMap<>();
    rows.forEach((id, versions) -> {
      if (id.kind == kind) {
        for (Version version : versions.reversed()) {
          if (snapshot.sees(version.xid)) {
            if (version.row != null) {
              seen.put(id.id, version.row);
            }
            break;
          }
        }
      }
    });
    return seen;
  }

  /** The document of every slug. */
  Map<String, String> documents(Snapshot snapshot) {
    Map<Integer, Row> middles = rows(Kind.MIDDLE, snapshot);
    Map<Integer, Row> leaves = rows(Kind.LEAF, snapshot);
    Map<String, String> documents = new TreeMap<>();
    for (Row root : rows(Kind.ROOT, snapshot).values()) {
      String content =
          new TreeMap<>(leaves)
              .values().stream()
                  .filter(leaf -> {
                    Row middle = middles.get(leaf.outer());
                    return middle != null && middle.outer() == root.id();
                  })
                  .map(leaf -> leaf.id() + "=" + leaf.value())
                  .collect(Collectors.joining(" ", root.id() + ": ", ""));
      documents.put(root.value(), content);
    }
    return documents;
  }
}
