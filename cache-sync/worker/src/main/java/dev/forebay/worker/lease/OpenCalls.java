package dev.forebay.worker.lease;

import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.Suspects;
import dev.forebay.model.DocumentKey;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of which calls to KV are made now, or were made and the ledger does not know how they
 * ended. Safe for any thread.
 *
 * <p>A key is in here before the lease is proven for its call, so that a call that is made at all
 * is known to {@link #record}. One that is kept too long costs the next leader a write.
 */
public final class OpenCalls {

  private final LeaderLease lease;
  private final Suspects suspects;
  private final Duration horizon;
  private final Map<String, DocumentKey> open = new ConcurrentHashMap<>();

  /**
   * @param horizon how long after its start a call may still be applied
   */
  public OpenCalls(LeaderLease lease, Suspects suspects, Duration horizon) {
    this.lease = lease;
    this.suspects = suspects;
    this.horizon = horizon;
  }

  /**
   * Returns if a call with these keys may be made now.
   *
   * @throws LedgerException.LeaseLost if another worker leads: stop
   * @throws LedgerException if that cannot be found out: make no call
   */
  public void enter(Collection<DocumentKey> keys) {
    for (DocumentKey key : keys) {
      open.put(key.kvKey(), key);
    }
    lease.prove();
  }

  /** The ledger knows how the calls for these keys ended. */
  public void leave(Collection<String> kvKeys) {
    open.keySet().removeAll(kvKeys);
  }

  /**
   * Tells the ledger what this worker may still do to KV. Call it when the lease is lost.
   *
   * @return how many keys
   * @throws LedgerException if the ledger could not be told: try again
   */
  public int record() {
    List<DocumentKey> keys = List.copyOf(open.values());
    if (!keys.isEmpty()) {
      suspects.record(lease.term(), keys, horizon);
    }
    return keys.size();
  }
}
