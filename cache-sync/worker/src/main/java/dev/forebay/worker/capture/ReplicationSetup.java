package dev.forebay.worker.capture;

import dev.forebay.ledger.ModelRegister;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import dev.forebay.worker.lease.LeaderLease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes publication and slot what an engine needs, before each attempt.
 *
 * <p>Debezium would quietly make a new slot where ours is gone, and the changes in between would
 * never be seen. So it is never allowed to: a slot is made here, and first the ledger durably
 * requests a resync of every model. The same goes for a table that was not published until now.
 *
 * <p>A transaction that was in flight when a table was added is not in the log. The resync must not
 * look before such transactions are over: see {@link #resyncFrom}.
 */
public final class ReplicationSetup {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicationSetup.class);

  private final DataSource dataSource;
  private final Publication publication;
  private final ReplicationSlot slot;
  private final ReadModels models;
  private final ModelRegister register;
  private final LeaderLease lease;
  private volatile long resyncFrom = Long.MAX_VALUE;

  /**
   * @param dataSource a pool on the primary
   * @param name of slot and publication
   * @param register where resyncs are requested
   * @param lease without it nothing is prepared
   */
  public ReplicationSetup(
      DataSource dataSource,
      String name,
      ReadModels models,
      ModelRegister register,
      LeaderLease lease) {
    this.dataSource = dataSource;
    this.publication = new Publication(dataSource, name);
    this.slot = new ReplicationSlot(dataSource, name);
    this.models = models;
    this.register = register;
    this.lease = lease;
  }

  /** The slot that this prepares. */
  public ReplicationSlot slot() {
    return slot;
  }

  /**
   * A resync may begin in a snapshot whose oldest running transaction is not older than this: by
   * then every change that the log lacks is visible. {@link Long#MAX_VALUE} while that is not known
   * yet: a resync that looked before the slot exists would miss what commits in between.
   */
  public long resyncFrom() {
    return resyncFrom;
  }

  /**
   * Prepares both, for an engine that is the slot's only reader. Idempotent; a failure leaves at
   * most a resync too many.
   *
   * @throws dev.forebay.ledger.LedgerException.LeaseLost if another worker leads: what reads from
   *     the slot is its engine
   * @throws dev.forebay.ledger.LedgerException.Halted if the server has become another one
   */
  public void prepare() throws SQLException {
    resyncFrom = Long.MAX_VALUE;
    lease.proveServer();
    if (slot.endReader()) {
      LOG.atInfo().log("Ended what read from the replication slot");
    }
    publish(models.tables());
    Optional<ReplicationSlot.State> state = slot.state();
    if (state.isPresent() && state.get().unfinished()) {
      // Left behind by an engine, or by a worker that was killed; see Capture.
      slot.endCreation();
      state = slot.state();
    }
    if (state.isPresent() && state.get().unfinished()) {
      throw new SQLException("the replication slot " + slot.name() + " is still being made");
    }
    if (state.isPresent() && state.get().lost()) {
      LOG.atWarn().log("The replication slot is lost; making a new one and resyncing every model");
      register.request(names(models.models()), "replication slot lost");
      slot.drop();
      slot.create();
    } else if (state.isEmpty()) {
      LOG.atInfo().log("There is no replication slot; making one and resyncing every model");
      register.request(names(models.models()), "no replication slot");
      slot.create();
    }
    openResyncs();
  }

  /** Requests a resync of every model because what committed before now may not be in the log. */
  void requestAll(String reason) throws SQLException {
    resyncFrom = Long.MAX_VALUE;
    register.request(names(models.models()), reason);
    openResyncs();
  }

  private void openResyncs() throws SQLException {
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      resyncFrom = session.snapshot().xmax();
    }
  }

  /** Writes a message into the log, where an engine on this slot will find it. */
  void mark(String content) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                // Committed locally: a standby that is away must not stop the sync.
                "select set_config('synchronous_commit', 'local', true),"
                    + " pg_logical_emit_message(true, ?, ?)")) {
      statement.setString(1, EngineProperties.MESSAGE_PREFIX);
      statement.setString(2, content);
      statement.execute();
    }
  }

  private void publish(Set<TableName> wanted) throws SQLException {
    Optional<Set<TableName>> published = publication.tables();
    if (published.isPresent() && (published.get().equals(wanted) || wanted.isEmpty())) {
      return; // without any model it carries more than it must, for no publication can be emptied
    }
    Set<TableName> added = new TreeSet<>(wanted);
    published.ifPresent(added::removeAll);
    List<ReadModel> inDoubt =
        models.models().stream()
            .filter(model -> model.tables().stream().anyMatch(added::contains))
            .toList();
    register.request(names(inDoubt), "table newly published");
    if (published.isPresent()) {
      publication.set(wanted);
    } else {
      publication.create(wanted);
    }
  }

  private static List<String> names(Collection<ReadModel> models) {
    return models.stream().map(ReadModel::name).toList();
  }
}
