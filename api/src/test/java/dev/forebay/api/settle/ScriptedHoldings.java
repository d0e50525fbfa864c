package dev.forebay.api.settle;

import dev.forebay.model.Snapshot;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** KV and database as a test says they are. */
final class ScriptedHoldings implements Holdings {

  /** Up to where the log is written, always. */
  static final long WRITTEN = 1_000;

  final AtomicInteger looks = new AtomicInteger();
  final AtomicInteger questions = new AtomicInteger();
  final AtomicInteger mostAsked = new AtomicInteger();

  /** The numbers of the looks in which it was asked for the first and for the last time. */
  private volatile int firstAskedIn;

  private volatile int lastAskedIn;

  private final Map<String, Optional<Snapshot>> versions = new ConcurrentHashMap<>();
  private final Set<String> absent = ConcurrentHashMap.newKeySet();
  private volatile Snapshot now = Snapshot.parse("100:100:");
  private volatile long settled;
  private volatile @Nullable Throwable fault;
  private volatile String broken = "nothing";

  void holds(String kvKey, String snapshot) {
    versions.put(kvKey, Optional.of(Snapshot.parse(snapshot)));
  }

  void holdsNo(String kvKey) {
    versions.put(kvKey, Optional.empty());
  }

  /** The log is settled up to there. */
  void settles(long position) {
    settled = position;
  }

  /** Of the database, whose snapshot is this. */
  void lacks(String kvKey, String snapshot) {
    now = Snapshot.parse(snapshot);
    absent.add(kvKey);
  }

  /** What a look ends with; null: it does not fail. */
  void fail(@Nullable Throwable with) {
    fault = with;
  }

  int firstAskedIn() {
    return firstAskedIn;
  }

  int lastAskedIn() {
    return lastAskedIn;
  }

  @Override
  public Certain certain(Collection<String> kvKeys) throws SQLException {
    looks.incrementAndGet();
    switch (fault) {
      case null -> {}
      case Error error -> throw error;
      default -> throw new SQLException("no ledger", fault);
    }
    // As the real one: what is settled is asked first.
    long position = settled;
    Map<String, Optional<Snapshot>> answer = new HashMap<>(versions);
    answer.keySet().retainAll(kvKeys);
    return new Certain(position, answer);
  }

  /** Of that model, or that document, nothing can be found out. */
  void cannotLook(String at) {
    broken = at;
  }

  @Override
  public Absent absent(String model, Collection<String> kvKeys) throws SQLException {
    lastAskedIn = looks.get();
    firstAskedIn = firstAskedIn == 0 ? lastAskedIn : firstAskedIn;
    questions.incrementAndGet();
    mostAsked.accumulateAndGet(kvKeys.size(), Math::max);
    if (model.equals(broken) || kvKeys.contains(broken)) {
      throw new SQLException("no such table");
    }
    Set<String> gone = ConcurrentHashMap.newKeySet();
    kvKeys.stream().filter(absent::contains).forEach(gone::add);
    return new Absent(now, WRITTEN, gone);
  }
}
