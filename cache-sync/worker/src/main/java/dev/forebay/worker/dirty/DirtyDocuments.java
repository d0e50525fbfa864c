package dev.forebay.worker.dirty;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.dirty.DirtyState.Stage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The KV keys that must be settled, coalesced: however often a document is marked, it is built
 * once.
 *
 * <p>Ordering: documents with a live change go ahead of those that only a request marked; a key is
 * not claimed before the time its last settlement or retry set.
 *
 * <p>Concurrency: safe for any thread. {@link #claim}, {@link #awaitRoom} and {@link
 * #awaitRoomForRequests} block.
 *
 * <p>Bounds: whoever marks awaits room first; a single call to {@link #mark} may exceed the
 * capacity by its own size. So are the marks: of many changes to few documents, each is remembered
 * until it is settled. Requests may take a fifth of it, so that a backfill never keeps live changes
 * out.
 */
public final class DirtyDocuments {

  private static final class Entry {
    private DocumentKey key;
    private final Set<Cause> causes = new LinkedHashSet<>();
    private @Nullable Claim claim;
    private Instant notBefore = Instant.MIN;
    private boolean live;
    private boolean claimedLive;
    private int claimedInEpoch;
    private int attempts;
    private Instant since = Instant.MIN;
    private @Nullable String failure;

    private Entry(DocumentKey key) {
      this.key = key;
    }

    private boolean isDirty() {
      return claim != null || !causes.isEmpty();
    }

    /** Two claims of one key may be equal; only the one that was handed out last holds it. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isHeldBy(Claim one) {
      return claim == one;
    }

    /** Whether nothing but requests made it dirty. */
    private boolean isRequested() {
      return isDirty() && !live && !claimedLive;
    }

    private Stream<Cause> allCauses() {
      return claim == null
          ? causes.stream()
          : Stream.concat(claim.causes().stream(), causes.stream());
    }
  }

  private record Due(Instant at, Entry entry) {}

  private static final int REQUESTS_SHARE = 5;

  /** Marks for each document of the capacity; while KV is away, every change adds one. */
  private static final int MARKS_SHARE = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final InstantSource clock;
  private final int capacity;
  private final Map<String, Entry> entries = new HashMap<>();
  private final PriorityQueue<Due> waiting = new PriorityQueue<>(Comparator.comparing(Due::at));
  private final ArrayDeque<Entry> live = new ArrayDeque<>();
  private final ArrayDeque<Entry> requested = new ArrayDeque<>();
  private final SettledVersions versions;
  private int epoch;
  private int dirty;
  private int requestedOnly;
  private long marks;

  /**
   * @param clock what "not before" is compared with
   * @param capacity how many dirty documents hold back those who mark
   */
  public DirtyDocuments(InstantSource clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
    this.versions = new SettledVersions(capacity);
  }

  /**
   * Marks documents dirty, but for those whose last settled version contains the cause. It is held
   * until each of them is settled.
   *
   * @param cause a transaction must be widened
   */
  public void mark(Collection<DocumentKey> keys, Cause cause) {
    mark(keys, cause, true);
  }

  /**
   * Marks documents dirty that the ledger remembers. Their key values may be those of an older
   * declaration of the model, so that they count only where nobody knows better.
   */
  public void markRemembered(Collection<DocumentKey> keys, Cause cause) {
    mark(keys, cause, false);
  }

  private void mark(Collection<DocumentKey> keys, Cause cause, boolean current) {
    lock.lock();
    try {
      for (DocumentKey key : keys) {
        if (versions.contain(key.kvKey(), cause)) {
          continue;
        }
        Entry entry = entries.computeIfAbsent(key.kvKey(), absent -> new Entry(key));
        if (current) {
          entry.key = key;
        }
        boolean wasDirty = entry.isDirty();
        boolean wasRequested = entry.isRequested();
        boolean wasLive = entry.live;
        if (!entry.causes.add(cause)) {
          continue;
        }
        cause.hold();
        marks++;
        if (!wasDirty) {
          entry.since = clock.instant();
        }
        entry.live |= cause.isTransaction();
        count(entry, wasDirty, wasRequested);
        if (entry.claim == null && (!wasDirty || wasLive != entry.live)) {
          enqueue(entry);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void count(Entry entry, boolean wasDirty, boolean wasRequested) {
    dirty += (entry.isDirty() ? 1 : 0) - (wasDirty ? 1 : 0);
    requestedOnly += (entry.isRequested() ? 1 : 0) - (wasRequested ? 1 : 0);
  }

  private void enqueue(Entry entry) {
    if (entry.notBefore.isAfter(clock.instant())) {
      waiting.add(new Due(entry.notBefore, entry));
    } else if (entry.live) {
      live.add(entry);
    } else {
      requested.add(entry);
    }
  }

  /**
   * Takes documents out, waiting until at least one is due.
   *
   * @param limit at most so many; a batch
   * @param lane which of them
   * @param patience how long to wait for the first
   * @return empty if none came due in time
   */
  public List<Claim> claim(int limit, Lane lane, Duration patience) throws InterruptedException {
    Instant deadline = clock.instant().plus(patience);
    lock.lock();
    try {
      while (true) {
        Instant now = clock.instant();
        promote(now);
        List<Claim> claims = new ArrayList<>();
        take(lane, now, limit, claims);
        if (!claims.isEmpty() || !now.isBefore(deadline)) {
          return claims;
        }
        Due next = waiting.peek();
        Instant until = next == null || next.at.isAfter(deadline) ? deadline : next.at;
        long nanos = Math.max(Duration.between(now, until).toNanos(), 1_000_000);
        changed.awaitNanos(nanos);
      }
    } finally {
      lock.unlock();
    }
  }

  /** What is queued twice counts twice here: a batch may turn out smaller. */
  private void take(Lane lane, Instant now, int limit, List<Claim> claims) {
    boolean muchLive = live.size() >= limit;
    boolean muchRequested = requested.size() >= limit;
    switch (lane) {
      case ALL -> {
        take(live, now, limit, claims);
        take(requested, now, limit, claims);
      }
      case LIVE -> take(live, now, limit, claims);
      case REQUESTED -> {
        if (!muchLive) {
          take(requested, now, limit, claims);
        }
        if (claims.isEmpty()) {
          take(live, now, limit, claims);
        }
      }
      case BACKLOG -> {
        if (muchLive || muchRequested) {
          take(muchLive ? live : requested, now, limit, claims);
        }
      }
    }
  }

  /** Moves what has come due to the queues; a key that only cooled down is forgotten. */
  private void promote(Instant now) {
    for (Due due = waiting.peek(); due != null && !due.at.isAfter(now); due = waiting.peek()) {
      waiting.remove();
      Entry entry = due.entry;
      if (!entry.isDirty()) {
        entries.remove(entry.key.kvKey(), entry);
      } else if (entry.claim == null) {
        enqueue(entry);
      }
    }
  }

  /**
   * An entry may be queued more than once, and may have been settled since: the queues propose, the
   * entry's own state decides.
   */
  private void take(ArrayDeque<Entry> queue, Instant now, int limit, List<Claim> claims) {
    while (claims.size() < limit) {
      Entry entry = queue.poll();
      if (entry == null) {
        return;
      }
      if (entry.claim == null && !entry.causes.isEmpty() && !entry.notBefore.isAfter(now)) {
        entry.claim = new Claim(entry.key, List.copyOf(entry.causes), entry.attempts);
        entry.causes.clear();
        entry.claimedLive = entry.live;
        entry.claimedInEpoch = epoch;
        entry.live = false;
        claims.add(entry.claim);
      }
    }
  }

  /**
   * Releases everything that a settled document's version contains: the claim's causes, and those
   * that came while it was in flight and are visible in its snapshot.
   *
   * @param notBefore when the key may be written again
   */
  public void settled(Claim claim, Snapshot snapshot, Instant notBefore) {
    List<Cause> released = new ArrayList<>(claim.causes());
    lock.lock();
    try {
      Entry entry = entry(claim);
      entry.causes.removeIf(cause -> {
        boolean contained = cause.isTransaction() && snapshot.sees(cause.xid());
        if (contained) {
          released.add(cause);
        }
        return contained;
      });
      marks -= released.size();
      if (entry.claimedInEpoch == epoch) {
        versions.settled(claim.key().kvKey(), snapshot);
      }
      entry.attempts = 0;
      entry.failure = null;
      entry.since = clock.instant();
      unclaim(entry, notBefore);
    } finally {
      lock.unlock();
    }
    released.forEach(Cause::release);
  }

  /**
   * Takes no document for settled on account of its version, nor of one that is being built: after
   * a failover the same transaction ids may stand for other transactions.
   */
  public void forgetVersions() {
    lock.lock();
    try {
      versions.clear();
      epoch++;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a document back: it stays dirty for the same causes and any that came meanwhile. */
  public void retry(Claim claim, Instant notBefore) {
    retry(claim, notBefore, null);
  }

  private void retry(Claim claim, Instant notBefore, @Nullable String failure) {
    lock.lock();
    try {
      Entry entry = entry(claim);
      for (Cause cause : claim.causes()) {
        if (!entry.causes.add(cause)) {
          marks--;
          cause.release();
        }
      }
      entry.attempts = claim.attempts() + 1;
      entry.failure = failure == null ? entry.failure : failure;
      unclaim(entry, notBefore);
    } finally {
      lock.unlock();
    }
  }

  /** Gives back those of the claims that are still out; the others were settled or given back. */
  public void retryRest(Collection<Claim> claims, Instant notBefore) {
    retryRest(claims, notBefore, null);
  }

  /**
   * Gives back those of the claims that are still out.
   *
   * @param failure why, for people and without any value of a row; null if nothing failed
   */
  public void retryRest(Collection<Claim> claims, Instant notBefore, @Nullable String failure) {
    lock.lock();
    try {
      for (Claim claim : claims) {
        Entry entry = entries.get(claim.key().kvKey());
        if (entry != null && entry.isHeldBy(claim)) {
          retry(claim, notBefore, failure);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Entry entry(Claim claim) {
    Entry entry = entries.get(claim.key().kvKey());
    if (entry == null || !entry.isHeldBy(claim)) {
      throw new IllegalStateException("not claimed: " + claim.key().kvKey());
    }
    return entry;
  }

  private void unclaim(Entry entry, Instant notBefore) {
    boolean wasRequested = entry.isRequested();
    entry.claim = null;
    entry.claimedLive = false;
    entry.notBefore = notBefore;
    entry.live = entry.causes.stream().anyMatch(Cause::isTransaction);
    count(entry, true, wasRequested);
    if (entry.isDirty()) {
      enqueue(entry);
    } else if (notBefore.isAfter(clock.instant())) {
      waiting.add(new Due(notBefore, entry));
    } else {
      entries.remove(entry.key.kvKey(), entry);
    }
    changed.signalAll();
  }

  /**
   * Blocks while there are as many dirty documents as the capacity allows, or very many marks on
   * few of them.
   */
  public void awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (dirty >= capacity || marks >= (long) capacity * MARKS_SHARE) {
        changed.await(1, TimeUnit.SECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Blocks while requests alone take as much of the capacity as they may. */
  public void awaitRoomForRequests() throws InterruptedException {
    lock.lock();
    try {
      while (!hasRoomForRequests()) {
        changed.await(1, TimeUnit.SECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether requests take less of the capacity than they may. */
  public boolean hasRoomForRequests() {
    lock.lock();
    try {
      return dirty < capacity && requestedOnly < Math.max(1, capacity / REQUESTS_SHARE);
    } finally {
      lock.unlock();
    }
  }

  /** Where a document is; empty if it is not dirty. Looks through the queue, so for people. */
  public Optional<DirtyState> find(String kvKey) {
    lock.lock();
    try {
      Entry entry = entries.get(kvKey);
      return entry == null || !entry.isDirty() ? Optional.empty() : Optional.of(state(entry));
    } finally {
      lock.unlock();
    }
  }

  /** Those of the keys that are dirty. */
  public Set<String> dirtyOf(Collection<String> kvKeys) {
    lock.lock();
    try {
      return kvKeys.stream()
          .filter(key -> {
            Entry entry = entries.get(key);
            return entry != null && entry.isDirty();
          })
          .collect(Collectors.toSet());
    } finally {
      lock.unlock();
    }
  }

  private DirtyState state(Entry entry) {
    Instant now = clock.instant();
    boolean waits = entry.claim == null && entry.notBefore.isAfter(now);
    Stage stage =
        entry.claim != null
            ? Stage.CLAIMED
            : !waits ? Stage.WAITING : entry.attempts > 0 ? Stage.RETRYING : Stage.SPACED;
    return new DirtyState(
        stage,
        entry.live || entry.claimedLive,
        entry.attempts,
        waits ? Duration.between(now, entry.notBefore) : Duration.ZERO,
        stage == Stage.WAITING ? ahead(entry) : 0,
        entry.since,
        entry
            .allCauses()
            .<@Nullable Instant>map(Cause::committed)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null),
        entry.failure);
  }

  private int ahead(Entry entry) {
    Stream<Entry> queue =
        entry.live ? live.stream() : Stream.concat(live.stream(), requested.stream());
    return (int)
        queue
            .takeWhile(other -> !other.key.kvKey().equals(entry.key.kvKey()))
            .filter(other -> other.claim == null && !other.causes.isEmpty())
            .count();
  }

  /** About how many documents could be claimed now: not those that wait for their time. */
  public int waiting() {
    lock.lock();
    try {
      return live.size() + requested.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many documents are dirty, those in flight included. */
  public int size() {
    lock.lock();
    try {
      return dirty;
    } finally {
      lock.unlock();
    }
  }

  /** How many keys take memory here: dirty ones, and those whose last write is too recent. */
  int remembered() {
    lock.lock();
    try {
      return entries.size();
    } finally {
      lock.unlock();
    }
  }

  /** The commit time of the oldest change whose document is dirty. */
  public Optional<Instant> oldestCommit() {
    lock.lock();
    try {
      return entries.values().stream()
          .flatMap(Entry::allCauses)
          .<@Nullable Instant>map(Cause::committed)
          .filter(Objects::nonNull)
          .min(Comparator.naturalOrder());
    } finally {
      lock.unlock();
    }
  }
}
