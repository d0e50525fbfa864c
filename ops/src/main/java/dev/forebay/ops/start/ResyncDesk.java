package dev.forebay.ops.start;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.ledger.Ledger;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.ops.config.KeySettings;
import dev.forebay.ops.config.ModelsSettings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a person asks that documents are looked at again, whether a worker runs or not. Requests
 * are durable when a method returns. For one thread.
 *
 * <p>Every method throws {@link InvalidSetupException} where what it is asked for does not exist.
 */
public final class ResyncDesk implements AutoCloseable {

  private static final int PAGE = 1_000;

  private final ModelsSettings settings;
  private final ReadModels models;
  private final LedgerDesk ledger;

  /**
   * Compiles the models and connects; the caller closes.
   *
   * @throws InvalidSetupException if the database cannot be reached, or the file is wrong
   */
  public ResyncDesk(ModelsSettings settings) throws SQLException {
    this.settings = settings;
    this.models = CompiledModels.of(settings);
    this.ledger = new LedgerDesk(new KeySettings(settings.database(), settings.instance()));
  }

  /**
   * Requests all documents of a model, those that nobody owns any more among them.
   *
   * @param perSecond documents to be looked at; null as the worker's settings say
   */
  public void all(String model, @Nullable Integer perSecond) {
    ReadModel wanted = model(model);
    boolean kept =
        ledger.ask(its -> its.models().list()).stream()
            .anyMatch(entry -> entry.name().equals(wanted.name()) && entry.declared());
    if (!kept) {
      throw invalid(
          "MODEL",
          model + " has not been published yet.",
          "Start forebay sync with it: that publishes it.");
    }
    tell(its -> {
      its.models().request(List.of(model), "asked for");
      if (perSecond != null) {
        its.models().pace(model, perSecond);
      }
    });
  }

  /**
   * Requests documents by their KV keys, all or none.
   *
   * @return how many
   */
  public int keys(String model, Collection<String> kvKeys) {
    ReadModel wanted = model(model);
    List<DocumentKey> keys = new ArrayList<>();
    for (String kvKey : kvKeys) {
      keys.add(
          wanted
              .match(kvKey)
              .orElseThrow(() ->
                  invalid(
                      "--key",
                      kvKey + " is no key of the model " + model + ".",
                      "Write it as KV has it, without the instance's prefix: " + example(wanted))));
    }
    tell(its -> its.requested().add(keys));
    return keys.size();
  }

  private static String example(ReadModel model) {
    return model.key(model.keyNames().stream().map(name -> "SOME-" + name).toList()).kvKey();
  }

  /**
   * Requests the documents whose root row a condition holds for.
   *
   * @param condition SQL over the columns of the model's root table
   * @return how many; those of a condition that fails halfway are requested as far as it came
   */
  public long where(String model, String condition) throws SQLException {
    ReadModel wanted = model(model);
    long[] count = {0};
    List<DocumentKey> page = new ArrayList<>();
    try (HikariDataSource pool = ReadingPool.open(settings.database(), "forebay-resync");
        SnapshotSession session = SnapshotSession.open(pool)) {
      wanted.keysWhere(
          session.connection(),
          condition,
          key -> {
            count[0]++;
            page.add(key);
            if (page.size() == PAGE) {
              tell(its -> its.requested().add(page));
              page.clear();
            }
          });
    } catch (SQLException e) {
      throw invalid(
          "--where",
          "is no condition for " + model + ": " + e.getMessage(),
          "Write a boolean expression over the columns of its root table.");
    }
    tell(its -> its.requested().add(page));
    return count[0];
  }

  /**
   * Looks how far the documents of a model are that were requested.
   *
   * @return settled so far, and about how many there are; empty once all are
   */
  public Optional<Progress> progress(String model) {
    return ledger.ask(its ->
        its.models().due().stream()
            .filter(resync -> resync.model().equals(model))
            .findFirst()
            .map(resync ->
                its.resyncProgress()
                    .find(resync)
                    .map(far -> new Progress(far.settled(), far.total()))
                    .orElse(new Progress(0, 0))));
  }

  /** Documents of a model that wait because the day's writes run short. */
  public long held(String model) {
    return ledger.ask(its -> its.requested().held().getOrDefault(model, 0L));
  }

  /**
   * How far a resync is.
   *
   * @param settled documents
   * @param total about how many there are; 0 before it has begun
   */
  public record Progress(long settled, long total) {}

  private ReadModel model(String name) {
    return models
        .find(name)
        .orElseThrow(() ->
            invalid(
                "MODEL",
                name + " is no model of " + settings.models() + ".",
                "There are "
                    + models.models().stream()
                        .map(ReadModel::name)
                        .sorted()
                        .collect(Collectors.joining(", "))
                    + "."));
  }

  private interface Request {
    void make(Ledger ledger);
  }

  private void tell(Request request) {
    boolean unused =
        ledger.ask(its -> {
          request.make(its);
          return true;
        });
  }

  private static InvalidSetupException invalid(String where, String what, String mend) {
    return new InvalidSetupException(List.of(new Problem(where, what, mend)));
  }

  @Override
  public void close() {
    ledger.close();
  }
}
