package dev.forebay.worker.resync;

import dev.forebay.ledger.Documents;
import dev.forebay.ledger.Documents.Part;
import dev.forebay.ledger.Intent;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.ModelRegister.Resync;
import dev.forebay.ledger.ResyncProgress.Phase;
import dev.forebay.ledger.ResyncProgress.Reached;
import dev.forebay.ledger.Suspect;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.ReadModel;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One resync under way. Keys are marked page by page: those the model has now, in their order, then
 * those that KV was given and that are older than the request. The ledger is told up to which page
 * everything is settled, so that another process goes on there. A key that is passed over because
 * it appears later has an event.
 *
 * <p>For one thread.
 */
final class ResyncRun {

  /** A page whose documents are marked and not all settled. */
  private record Page(Reached end, Cause cause) {}

  private static final int MOST_PAGES = 16;

  /** Documents that are looked at for each one of a page: mostly, none of them is old. */
  private static final int LOOKED_AT = 5;

  private static final long RECORD_NANOS = Duration.ofSeconds(1).toNanos();

  private final Resync resync;
  private final @Nullable ReadModel model;
  private final DataSource dataSource;
  private final Ledger ledger;
  private final DirtyDocuments dirty;
  private final ArrayDeque<Page> pages = new ArrayDeque<>();
  private final long began = System.nanoTime();
  private final long settledBefore;
  private final Pace pace = new Pace(0, System::nanoTime);
  private Reached marked;
  private Reached settled;
  private long recordedAt = System.nanoTime();
  private boolean atEnd;

  /**
   * @param model null if the file declares it no more: what KV was given goes
   * @param from where to go on
   */
  ResyncRun(
      Resync resync,
      @Nullable ReadModel model,
      DataSource dataSource,
      Ledger ledger,
      DirtyDocuments dirty,
      Reached from) {
    this.resync = resync;
    this.model = model;
    this.dataSource = dataSource;
    this.ledger = ledger;
    this.dirty = dirty;
    this.marked = from;
    this.settled = from;
    this.settledBefore = from.settled();
  }

  /** Whether another page may be marked now. */
  boolean wantsMore() {
    // What is still on its way would count as older than the request.
    boolean between = marked.phase() == Phase.PUBLISHED && marked.after() == null;
    boolean ready = between ? pages.isEmpty() : pages.size() < MOST_PAGES;
    return ready && !atEnd && dirty.hasRoomForRequests();
  }

  /**
   * Marks the next page.
   *
   * @return how many documents
   */
  int mark(int size) throws SQLException {
    DocumentKey after = marked.after();
    Part part = marked.phase() == Phase.PRESENT ? present(after, size) : published(after, size);
    Cause cause = Cause.request();
    if (marked.phase() == Phase.PRESENT) {
      dirty.mark(part.keys(), cause);
    } else {
      dirty.markRemembered(part.keys(), cause);
    }
    cause.close();
    atEnd = part.end() && marked.phase() == Phase.PUBLISHED;
    long documents = marked.settled() + part.keys().size();
    marked =
        new Reached(
            marked.since(),
            part.end() ? Phase.PUBLISHED : marked.phase(),
            part.end() ? null : part.last(),
            documents,
            Math.max(marked.total(), documents));
    pages.add(new Page(marked, cause));
    return part.keys().size();
  }

  private Part present(@Nullable DocumentKey after, int size) throws SQLException {
    ReadModel declared = Objects.requireNonNull(model);
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      return part(declared.keys(session.connection(), after, size), size);
    }
  }

  private Part published(@Nullable DocumentKey after, int size) {
    Documents documents = ledger.documents();
    String last = after == null ? "" : after.kvKey();
    if (model != null) {
      return documents.before(marked.since(), resync.model(), last, size * LOOKED_AT);
    }
    Part part = part(documents.page(resync.model(), last, size), size);
    if (after != null) {
      return part;
    }
    List<DocumentKey> keys = new ArrayList<>(part.keys());
    keys.addAll(unanswered());
    return new Part(keys, part.last(), part.end());
  }

  private static Part part(List<DocumentKey> keys, int size) {
    return new Part(keys, keys.isEmpty() ? null : keys.getLast(), keys.size() < size);
  }

  /** Keys of a removed model of which KV may hold what the ledger was never told. */
  private List<DocumentKey> unanswered() {
    return Stream.concat(
            ledger.intents().list().stream().map(Intent::key),
            ledger.suspects().list().stream().map(Suspect::key))
        .filter(key -> key.model().equals(resync.model()))
        .toList();
  }

  /**
   * Looks what is settled by now, and tells the ledger now and then.
   *
   * @return whether everything is
   * @throws LedgerException if it could not be told; nothing is lost
   */
  boolean settle() {
    while (!pages.isEmpty() && pages.getFirst().cause.isSettled()) {
      settled = pages.removeFirst().end;
    }
    if (atEnd && pages.isEmpty()) {
      return true;
    }
    if (System.nanoTime() - recordedAt > RECORD_NANOS) {
      ledger.resyncProgress().record(resync, settled);
      recordedAt = System.nanoTime();
    }
    return false;
  }

  /** Whether it is at the keys that the model has now; later ones are mostly to be deleted. */
  boolean marksPresent() {
    return marked.phase() == Phase.PRESENT;
  }

  /** Its own pace, beside that of all together. */
  Pace pace() {
    return pace;
  }

  Resync resync() {
    return resync;
  }

  long documents() {
    return settled.settled();
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  ResyncStatus status() {
    double seconds = Math.max(elapsed().toNanos() / 1e9, 1e-3);
    return new ResyncStatus(
        resync.reason(),
        settled.settled(),
        settled.total(),
        (settled.settled() - settledBefore) / seconds);
  }
}
