package dev.forebay.worker.resync;

import dev.forebay.ledger.FanOuts.FanOut;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.RequestedDocuments.Requested;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.IncompleteImageException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import dev.forebay.worker.dirty.Cause;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.route.RoutingMetrics;
import dev.forebay.worker.source.Misfit;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works off the documents that the ledger says are requested, page by page: marked dirty, and
 * forgotten by the ledger once they are settled. A process that dies goes on at the first page that
 * is not. A changed row that touches very many documents is spelled out into such requests first.
 *
 * <p>A document may be marked by an older request than the one the ledger holds when it is settled;
 * then the ledger keeps it, and it comes again.
 */
public final class FanOutJobs {

  /** A page whose documents are marked and not all settled. */
  private record Marked(List<Requested> documents, Cause cause) {}

  private static final Logger LOG = LoggerFactory.getLogger(FanOutJobs.class);
  private static final int PAGE = 1_000;
  private static final int MOST_PAGES = 10;
  private static final long IDLE_MILLIS = 250;

  private final DataSource dataSource;
  private final ReadModels models;
  private final Ledger ledger;
  private final DirtyDocuments dirty;
  private final RoutingMetrics metrics;
  private final List<Marked> pages = new ArrayList<>();
  private long after;

  /**
   * @param metrics is told how many documents a wide change named
   */
  public FanOutJobs(
      DataSource dataSource,
      ReadModels models,
      Ledger ledger,
      DirtyDocuments dirty,
      RoutingMetrics metrics) {
    this.metrics = metrics;
    this.dataSource = dataSource;
    this.models = models;
    this.ledger = ledger;
    this.dirty = dirty;
  }

  /** Completes what is settled, marks a page, spells out one fan-out, and waits if all is done. */
  public void step() throws InterruptedException {
    boolean busy = false;
    try {
      complete();
      // First of all: a fan-out that cannot be spelled out now must not keep requested documents.
      busy = pages.size() < MOST_PAGES && mark();
      Optional<FanOut> fanOut = ledger.fanOuts().next();
      if (fanOut.isPresent()) {
        spellOut(fanOut.get());
        busy = true;
      }
    } catch (SQLException | LedgerException e) {
      busy = false;
      LOG.atWarn().setCause(e).log("Cannot work off requested documents; trying again");
    }
    if (!busy) {
      TimeUnit.MILLISECONDS.sleep(IDLE_MILLIS);
    }
  }

  private void complete() {
    for (Marked page : List.copyOf(pages)) {
      if (page.cause.isSettled()) {
        ledger.requested().complete(page.documents);
        pages.remove(page);
      }
    }
  }

  /** Requests every document; a process that dies meanwhile begins again, which is harmless. */
  private void spellOut(FanOut fanOut) throws SQLException {
    TableName table = fanOut.row().table();
    long began = System.nanoTime();
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      long named = requestEach(session, fanOut);
      metrics.named(table, named);
      LOG.atInfo()
          .addKeyValue("table", table)
          .addKeyValue("documents", named)
          .addKeyValue("elapsed", Duration.ofNanos(System.nanoTime() - began))
          .log("A changed row touches many documents; building them page by page");
    } catch (IncompleteImageException e) {
      resync(table, e);
    } catch (SQLException e) {
      if (!Misfit.is(e)) {
        throw e;
      }
      resync(table, e);
    }
    ledger.fanOuts().remove(fanOut);
  }

  /** Its models were declared anew, or the table was altered, since the row was kept. */
  private void resync(TableName table, Exception cause) {
    LOG.atWarn()
        .setCause(cause)
        .addKeyValue("table", table)
        .log("A fan-out can no longer be routed; resyncing the models that read its table");
    ledger
        .models()
        .request(
            models.reading(table).stream().map(ReadModel::name).toList(),
            "row could not be routed");
  }

  private long requestEach(SnapshotSession session, FanOut fanOut) throws SQLException {
    List<DocumentKey> page = new ArrayList<>();
    long[] named = {0};
    models.follow(
        session.connection(),
        List.of(fanOut.row()),
        affected -> {
          named[0]++;
          page.add(affected.key());
          if (page.size() == PAGE) {
            ledger.requested().add(page);
            page.clear();
          }
          return true;
        });
    ledger.requested().add(page);
    return named[0];
  }

  /** Marks the next page; returns whether there may be another one. */
  private boolean mark() throws InterruptedException {
    List<Requested> all = ledger.requested().page(after, PAGE);
    if (all.isEmpty()) {
      return false;
    }
    // The documents of a model that has stopped, or was removed, stay requested.
    List<Requested> page =
        all.stream().filter(one -> models.find(one.key().model()).isPresent()).toList();
    dirty.awaitRoomForRequests();
    Cause cause = Cause.request();
    dirty.markRemembered(page.stream().map(Requested::key).toList(), cause);
    cause.close();
    pages.add(new Marked(page, cause));
    after = all.getLast().request();
    return all.size() == PAGE;
  }
}
