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

/** KV and database as a test says they are. */
final class ScriptedHoldings implements Holdings {

  final AtomicInteger looks = new AtomicInteger();
  final AtomicInteger questions = new AtomicInteger();
  private final Map<String, Optional<Snapshot>> certain = new ConcurrentHashMap<>();
  private final Set<String> absent = ConcurrentHashMap.newKeySet();
  private volatile Snapshot now = Snapshot.parse("100:100:");
  private volatile boolean fails;
  private volatile String broken = "nothing";

  void holds(String kvKey, String snapshot) {
    certain.put(kvKey, Optional.of(Snapshot.parse(snapshot)));
  }

  void holdsNo(String kvKey) {
    certain.put(kvKey, Optional.empty());
  }

  /** Of the database, whose snapshot is this. */
  void lacks(String kvKey, String snapshot) {
    now = Snapshot.parse(snapshot);
    absent.add(kvKey);
  }

  void fail(boolean whether) {
    fails = whether;
  }

  @Override
  public Map<String, Optional<Snapshot>> certain(Collection<String> kvKeys) throws SQLException {
    looks.incrementAndGet();
    if (fails) {
      throw new SQLException("no ledger");
    }
    Map<String, Optional<Snapshot>> answer = new HashMap<>(certain);
    answer.keySet().retainAll(kvKeys);
    return answer;
  }

  /** Of the models whose documents begin so nothing can be found out. */
  void cannotLook(String prefix) {
    broken = prefix;
  }

  @Override
  public Absent absent(Collection<String> kvKeys) throws SQLException {
    questions.incrementAndGet();
    if (kvKeys.stream().anyMatch(key -> key.startsWith(broken))) {
      throw new SQLException("no such table");
    }
    return new Absent(now, Set.copyOf(absent));
  }
}
