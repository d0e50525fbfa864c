package dev.forebay.worker.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.ledger.Call;
import dev.forebay.ledger.Ledger;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.Published;
import dev.forebay.ledger.Settled;
import dev.forebay.ledger.testing.LedgerFixture;
import dev.forebay.model.ReadModels;
import dev.forebay.model.Snapshot;
import dev.forebay.worker.lease.LeaderLease;
import dev.forebay.worker.lease.LeaseTiming;
import dev.forebay.worker.lease.OpenCalls;
import dev.forebay.worker.spend.HeldDocuments;
import dev.forebay.worker.spend.Spending;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The keys of a call that nobody could close are in doubt, however the database failed. */
@NullUnmarked
class LedgerStoreIT extends LedgerFixture {

  private static final Instant DEADLINE = Instant.parse("2030-01-01T00:00:00Z");
  private static final Snapshot VERSION = Snapshot.parse("10:10:");

  private enum Failure {
    NONE,
    BEFORE_COMMIT,
    AFTER_COMMIT
  }

  private final UUID call = UUID.randomUUID();
  private final List<Settled> settled =
      List.of(new Settled(key("a"), "new", 1, VERSION, true, null));
  private Failure failure = Failure.NONE;
  private LedgerStore store;

  @BeforeEach
  void lead() {
    Ledger failing = Ledger.open(failing(postgres.getPostgresDatabase()), instance);
    InstantSource clock = InstantSource.system();
    LeaderLease lease =
        new LeaderLease(failing.lease(), "test", LeaseTiming.standard(), System::nanoTime, clock);
    assertThat(lease.tryTake()).isTrue();
    Spending spending = Spending.unlimited(clock);
    ReadModels none = new ReadModels(List.of(), (connection, changes, goOn) -> {}, List.of());
    store =
        new LedgerStore(
            failing,
            lease.term(),
            new OpenCalls(lease, failing.suspects(), Duration.ofMinutes(4)),
            new HeldDocuments(failing, none, spending));
    store.open(new Call(call, List.of(new Call.Intended(key("a"), "new")), DEADLINE));
  }

  @Test
  void answerThatIsNotRecorded_leavesDoubt() {
    failure = Failure.BEFORE_COMMIT;
    assertThatThrownBy(() -> store.close(call, settled, Map.of()))
        .isInstanceOf(LedgerException.class);
    store.abandon(call);
    failure = Failure.NONE;

    assertThat(found()).isEqualTo(Map.of("article:a", new Published(null, DEADLINE)));
  }

  @Test
  void answerThatIsRecordedWithoutAnybodyKnowing_leavesNone() {
    failure = Failure.AFTER_COMMIT;
    assertThatThrownBy(() -> store.close(call, settled, Map.of()))
        .isInstanceOf(LedgerException.class);
    store.abandon(call);
    failure = Failure.NONE;

    assertThat(found()).isEqualTo(Map.of("article:a", new Published("new", null)));
  }

  @Test
  void doubtThatCannotBeRecorded_letsNobodyLook_untilItIs() {
    store.abandon(call);
    failure = Failure.BEFORE_COMMIT;
    assertThatThrownBy(this::found).isInstanceOf(LedgerException.class);
    failure = Failure.NONE;

    assertThat(found()).isEqualTo(Map.of("article:a", new Published(null, DEADLINE)));
  }

  private Map<String, Published> found() {
    return store.find(List.of("article:a"));
  }

  private DataSource failing(DataSource real) {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(real, arguments);
              return result instanceof Connection connection ? failing(connection) : result;
            });
  }

  private Connection failing(Connection real) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              boolean commits = method.getName().equals("commit");
              if (commits && failure == Failure.BEFORE_COMMIT) {
                throw new SQLException("lost before the commit");
              }
              Object result;
              try {
                result = method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (commits && failure == Failure.AFTER_COMMIT) {
                throw new SQLException("lost after the commit");
              }
              return result;
            });
  }
}
