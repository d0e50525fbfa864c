package dev.forebay.api.token;

import dev.forebay.model.DocumentDigest;
import dev.forebay.model.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A primary in which transactions begin and commit in some order, and what its documents are at
 * each moment. Contents come back, some transactions alter no byte, some remove the document.
 */
final class World {

  private static final long FIRST_XID = 12_884_902_600L;

  private final List<Snapshot> snapshots = new ArrayList<>();
  private final List<Long> committed = new ArrayList<>();
  private final List<SortedMap<Integer, Integer>> states = new ArrayList<>();
  private final int documents;

  /**
   * @param running so many transactions run at once, more or less
   */
  World(Random random, int transactions, int running, int documents) {
    this.documents = documents;
    TreeSet<Long> open = new TreeSet<>();
    long next = FIRST_XID;
    SortedMap<Integer, Integer> state = new TreeMap<>();
    record(open, next, state);
    while (committed.size() < transactions) {
      if (open.size() < running && random.nextInt(3) > 0) {
        open.add(next++);
      } else if (!open.isEmpty()) {
        long xid = new ArrayList<>(open).get(random.nextInt(open.size()));
        open.remove(xid);
        committed.add(xid);
        state = new TreeMap<>(state);
        state.put(random.nextInt(documents), random.nextInt(4));
      }
      record(open, next, state);
    }
  }

  private void record(SortedSet<Long> open, long next, SortedMap<Integer, Integer> state) {
    String running = open.stream().map(String::valueOf).collect(Collectors.joining(","));
    long xmin = open.isEmpty() ? next : open.first();
    snapshots.add(Snapshot.parse(xmin + ":" + next + ":" + running));
    states.add(state);
  }

  /** How many moments there are. */
  int moments() {
    return snapshots.size();
  }

  int documents() {
    return documents;
  }

  Snapshot snapshot(int moment) {
    return snapshots.get(moment);
  }

  /** SHA-256 of a document at a moment, null while there is none. */
  @Nullable String hash(int moment, int document) {
    int content = states.get(moment).getOrDefault(document, 0);
    return content == 0 ? null : DocumentDigest.of("content " + content).hash();
  }

  /** A transaction, in the order of their commits. */
  long committed(int index) {
    return committed.get(index);
  }

  /** What a client knows of one document: transactions it must see, and moments it was served. */
  record Known(List<Long> xids, List<Integer> served) {

    static Known nothing() {
      return new Known(new ArrayList<>(), new ArrayList<>());
    }

    Known and(Known other) {
      Known all = nothing();
      all.xids.addAll(xids);
      all.xids.addAll(other.xids);
      all.served.addAll(served);
      all.served.addAll(other.served);
      return all;
    }
  }

  /** Whether a version lacks nothing of this. */
  boolean hasAll(int moment, Known known) {
    Snapshot snapshot = snapshots.get(moment);
    return known.xids.stream().allMatch(snapshot::sees)
        && known.served.stream().allMatch(then -> snapshot.seesAllOf(snapshots.get(then)));
  }

  /**
   * Whether a client who knows this may be served the version: it lacks nothing, or it has the
   * bytes of one that was served and lacks nothing.
   */
  boolean isGood(int moment, int document, Known known) {
    String hash = hash(moment, document);
    return hasAll(moment, known)
        || known.served.stream()
            .anyMatch(then -> hasAll(then, known) && Objects.equals(hash, hash(then, document)));
  }

  /** Whether a token's demand would let the version be served. */
  boolean isMet(Requirement requirement, int moment, int document) {
    return requirement.isMetBy(snapshots.get(moment))
        || requirement.isMetByContent(hash(moment, document));
  }
}
