package dev.forebay.ops.adopt;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.WriteGate;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.ops.config.KeySettings;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.SyncSettings;
import dev.forebay.ops.start.CompiledModels;
import dev.forebay.ops.start.KvMeter;
import dev.forebay.ops.start.KvNamespace;
import dev.forebay.ops.start.LedgerDesk;
import dev.forebay.ops.start.ReadingPool;
import dev.forebay.worker.history.HistoryParts;
import dev.forebay.worker.history.Proposal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Where a person sees whether KV belongs to the database, and agrees to adopt what is found,
 * whether a worker runs or not. Writes nothing to KV. For one thread.
 */
public final class AdoptDesk implements AutoCloseable {

  private static final int LISTED_PER_REQUEST = 1_000;
  private static final double DOLLARS_PER_MILLION = 5.00;

  /**
   * What an adoption costs at Cloudflare's list price, as if nothing of a month's free quotas were
   * left (developers.cloudflare.com/kv/platform/pricing, looked at 2026-11).
   *
   * @param lists requests that list KV, if it holds as many keys as there are documents
   * @param writes at most: where KV holds none of the documents as they are
   * @param dollars at most
   */
  public record Cost(long lists, long writes, double dollars) {}

  private final SyncSettings settings;
  private final ReadModels models;
  private final LedgerDesk ledger;
  private final HikariDataSource pool;
  private final KvNamespace namespace;
  private final CloudflareKvClient kv;

  /**
   * Compiles the models and connects; the caller closes.
   *
   * @throws InvalidSetupException if the database or the namespace cannot be reached, or the file
   *     is wrong
   */
  public AdoptDesk(SyncSettings settings) throws SQLException {
    this.settings = settings;
    this.namespace = new KvNamespace(settings.kv());
    namespace
        .check()
        .ifPresent(problem -> {
          throw new InvalidSetupException(List.of(problem));
        });
    this.pool = ReadingPool.open(settings.database(), "forebay-adopt");
    try (Connection connection = pool.getConnection()) {
      this.models =
          CompiledModels.readable(
              new ModelsSettings(settings.database(), settings.instance(), settings.models()),
              connection);
    } catch (SQLException | RuntimeException e) {
      pool.close();
      throw e;
    }
    this.ledger = new LedgerDesk(new KeySettings(settings.database(), settings.instance()));
    this.kv = namespace.open(new KvMeter(new SimpleMeterRegistry()), WriteGate.OPEN);
  }

  /** Looks at ledger, database and KV. */
  public Proposal look() {
    return ledger.ask(its ->
        Proposal.look(
            namespace.history(settings.continueAfterFailover()),
            new HistoryParts(its.history(), kv, settings.instance(), () -> models)));
  }

  /** What it costs to adopt; counts the documents that there are now. */
  public Cost cost() throws SQLException {
    long documents = 0;
    try (SnapshotSession session = SnapshotSession.open(pool)) {
      for (ReadModel model : models.models()) {
        documents += model.count(session.connection());
      }
    }
    long lists = documents / LISTED_PER_REQUEST + 1;
    return new Cost(lists, documents, (lists + documents) * DOLLARS_PER_MILLION / 1e6);
  }

  /** Agrees to a proposal; durable when this returns. */
  public void agree(Proposal proposal) {
    boolean unused =
        ledger.ask(its -> {
          proposal.agree(its.history());
          return true;
        });
  }

  @Override
  public void close() {
    kv.close();
    ledger.close();
    pool.close();
  }
}
