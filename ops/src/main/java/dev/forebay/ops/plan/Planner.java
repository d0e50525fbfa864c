package dev.forebay.ops.plan;

import com.zaxxer.hikari.HikariDataSource;
import dev.forebay.ledger.LedgerException;
import dev.forebay.ledger.LedgerSnapshot;
import dev.forebay.ledger.LedgerSnapshot.Registered;
import dev.forebay.ledger.LedgerSnapshot.Total;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.compile.ModelCompiler;
import dev.forebay.ops.config.ModelsSettings;
import dev.forebay.ops.config.PlanSettings;
import dev.forebay.ops.plan.ModelPlan.State;
import dev.forebay.ops.progress.ProgressBar;
import dev.forebay.ops.start.CompiledModels;
import dev.forebay.ops.start.ReadingPool;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Says what a worker that starts with a forebay.yaml would write to KV, and writes nothing.
 *
 * <p>Documents, ledger and earlier definition are read in one snapshot, which is held until the
 * plan is made: on a large database take a sample. Confined to one thread.
 */
public final class Planner {

  private static final Total NOTHING = new Total(0, 0);

  private final ModelsSettings settings;
  private final int requests;
  private final PlanOptions options;
  private final ProgressBar progress;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param settings the database, the file, and what the worker may ask of KV
   */
  public Planner(PlanSettings settings, PlanOptions options, ProgressBar progress) {
    this.settings = settings.models();
    this.requests = settings.requests();
    this.options = options;
    this.progress = progress;
  }

  /**
   * Makes the plan.
   *
   * @throws InvalidSetupException if the database cannot be reached, or with all that is wrong with
   *     the file
   * @throws SQLException if the database went away, or a model no longer fits it; try again
   */
  public Plan plan() throws SQLException {
    try (HikariDataSource pool = ReadingPool.open(settings.database(), "forebay-plan")) {
      ReadModels models;
      try (Connection connection = pool.getConnection()) {
        models = CompiledModels.readable(settings, connection);
      }
      try (SnapshotSession session = SnapshotSession.open(pool)) {
        return plan(pool, session.connection(), models);
      } finally {
        progress.end();
      }
    }
  }

  private Plan plan(DataSource pool, Connection connection, ReadModels models) throws SQLException {
    LedgerSnapshot ledger = ledger(connection);
    Map<String, Total> totals = ledger == null ? Map.of() : ledger.totals();
    Map<String, State> states = states(models, ledger);
    List<ModelSurvey.Result> results = survey(connection, models, ledger, states, totals);
    List<ModelPlan> plans =
        new ArrayList<>(results.stream().map(ModelSurvey.Result::plan).toList());
    totals.forEach((name, total) -> {
      if (models.find(name).isEmpty()) {
        plans.add(ModelPlan.untouched(name, State.NOT_KEPT, total));
      }
    });
    return new Plan(
        settings.database().place(),
        settings.instance().name(),
        plans,
        KvCost.of(plans, requests),
        compare(pool, connection, models, ledger, results),
        notes);
  }

  private @Nullable LedgerSnapshot ledger(Connection connection) throws SQLException {
    try {
      LedgerSnapshot ledger = LedgerSnapshot.open(connection, settings.instance()).orElse(null);
      if (ledger == null) {
        notes.add("No worker has kept this instance yet, so that KV holds nothing of it.");
        return null;
      }
      long open = ledger.openCalls();
      if (open > 0) {
        notes.add(
            open
                + " calls to KV have no answer yet; a worker that starts writes their keys again,"
                + " which is not counted here.");
      }
      return ledger;
    } catch (LedgerException.NotReadable e) {
      notes.add("What KV holds is unknown, so every document counts as added: " + e.getMessage());
      return null;
    }
  }

  private Map<String, State> states(ReadModels models, @Nullable LedgerSnapshot ledger)
      throws SQLException {
    Map<String, Registered> registered = ledger == null ? Map.of() : ledger.models();
    Map<String, State> states = new LinkedHashMap<>();
    for (ReadModel model : models.models()) {
      states.put(model.name(), state(model, registered.get(model.name())));
    }
    return states;
  }

  private State state(ReadModel model, @Nullable Registered registered) {
    if (registered == null || registered.fingerprint().isEmpty()) {
      return State.NEW;
    }
    if (!registered.fingerprint().equals(model.fingerprint())) {
      return State.CHANGED;
    }
    if (registered.due()) {
      return State.RESYNC;
    }
    return options.all() ? State.LOOKED_AT : State.UNCHANGED;
  }

  private List<ModelSurvey.Result> survey(
      Connection connection,
      ReadModels models,
      @Nullable LedgerSnapshot ledger,
      Map<String, State> states,
      Map<String, Total> totals)
      throws SQLException {
    List<ReadModel> looked =
        models.models().stream()
            .filter(model -> states.get(model.name()) != State.UNCHANGED)
            .toList();
    for (ReadModel model : looked) {
      progress.expect(ModelSurvey.count(connection, model));
    }
    ModelSurvey.Source source =
        new ModelSurvey.Source(connection, ledger, settings.instance().keyPrefix());
    List<ModelSurvey.Result> results = new ArrayList<>();
    for (ReadModel model : models.models()) {
      State state = states.getOrDefault(model.name(), State.NEW);
      Total total = totals.getOrDefault(model.name(), NOTHING);
      results.add(
          looked.contains(model)
              ? new ModelSurvey(source, model, options, progress).run(state, total)
              : new ModelSurvey.Result(
                  ModelPlan.untouched(model.name(), state, total), List.of(), List.of()));
    }
    return results;
  }

  private List<Plan.DocumentChange> compare(
      DataSource pool,
      Connection connection,
      ReadModels models,
      @Nullable LedgerSnapshot ledger,
      List<ModelSurvey.Result> results)
      throws SQLException {
    boolean chosen = options.from() != null;
    // Where the user says what "before" is, a document may be compared that KV has never held.
    List<List<DocumentKey>> candidates =
        results.stream()
            .map(result -> chosen && result.changed().isEmpty() ? result.added() : result.changed())
            .filter(keys -> !keys.isEmpty())
            .toList();
    if (candidates.isEmpty() || options.diff() == 0) {
      return List.of();
    }
    ReadModels then = earlier(pool, ledger);
    return new Comparison(connection, models, then, chosen ? null : ledger)
        .of(candidates, options.diff());
  }

  /** The definition that documents are compared with; null, with a note, if there is none. */
  private @Nullable ReadModels earlier(DataSource pool, @Nullable LedgerSnapshot ledger)
      throws SQLException {
    Path from = options.from();
    String what = from == null ? "The forebay.yaml that was applied last" : from.toString();
    try (Connection compiling = pool.getConnection()) {
      if (from != null) {
        return ModelCompiler.compile(from, compiling);
      }
      String text = ledger == null ? "" : ledger.declaration().orElse("");
      if (text.isEmpty()) {
        notes.add(
            "The forebay.yaml that was applied last is unknown; only new documents are shown.");
        return null;
      }
      return ModelCompiler.compileText(text, compiling);
    } catch (InvalidSetupException e) {
      notes.add(
          what
              + " does not fit this database ("
              + e.problems().getFirst()
              + "); only new documents are shown.");
      return null;
    } catch (LedgerException.NotReadable e) {
      notes.add("The forebay.yaml that was applied last: " + e.getMessage());
      return null;
    }
  }
}
