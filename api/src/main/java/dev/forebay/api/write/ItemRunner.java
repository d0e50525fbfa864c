package dev.forebay.api.write;

import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlState;
import dev.forebay.api.problem.Violation;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs independent operations in one transaction, each behind a savepoint of its own; neighbouring
 * inserts into one resource together, as long as none of them fails.
 */
final class ItemRunner {

  /** Constraints that wait for the COMMIT would fail all for one. */
  private static final String NOTHING_WAITS = "set constraints all immediate";

  List<ItemOutcome> run(Progress progress, List<Step> steps) throws SQLException {
    try (Statement statement = progress.connection().createStatement()) {
      statement.execute(NOTHING_WAITS);
    }
    List<ItemOutcome> outcomes = new ArrayList<>(steps.size());
    Allowance allowance = new Allowance();
    for (int from = 0, to; from < steps.size(); from = to) {
      to = endOfRun(steps, from);
      List<Step> run = steps.subList(from, to);
      if (run.size() == 1 || !insertTogether(progress, run, outcomes)) {
        for (Step step : run) {
          outcomes.add(one(progress, step));
          spend(allowance, outcomes.subList(outcomes.size() - 1, outcomes.size()));
        }
      } else {
        spend(allowance, outcomes.subList(from, to));
      }
    }
    return outcomes;
  }

  private static void spend(Allowance allowance, List<ItemOutcome> outcomes) throws SQLException {
    for (ItemOutcome outcome : outcomes) {
      if (outcome instanceof ItemOutcome.Done done) {
        allowance.spend(done.applied());
      }
    }
  }

  private static int endOfRun(List<Step> steps, int from) {
    int to = from + 1;
    while (to < steps.size()
        && steps.get(to).operation() instanceof Operation.Create
        && steps.get(from).operation() instanceof Operation.Create
        && steps.get(to).store() == steps.get(from).store()) {
      to++;
    }
    return to;
  }

  /** Whether it went well; if not, nothing has happened. */
  private static boolean insertTogether(
      Progress progress, List<Step> run, List<ItemOutcome> outcomes) throws SQLException {
    if (run.stream().anyMatch(step -> !step.problems().isEmpty())) {
      return false;
    }
    Savepoint savepoint = begin(progress);
    try {
      List<Applied> created = progress.createAll(run);
      progress.connection().releaseSavepoint(savepoint);
      created.forEach(one -> outcomes.add(new ItemOutcome.Done(one)));
      return true;
    } catch (SQLException | ApiProblem e) {
      goBack(progress, savepoint, e);
      return false;
    }
  }

  private static ItemOutcome one(Progress progress, Step step) throws SQLException {
    List<Violation> violations = step.problems();
    if (!violations.isEmpty()) {
      return new ItemOutcome.Refused(ApiProblem.of(ProblemType.INVALID_CONTENT, violations));
    }
    Savepoint savepoint = begin(progress);
    try {
      Applied applied = progress.apply(step, step.operation());
      progress.connection().releaseSavepoint(savepoint);
      return new ItemOutcome.Done(applied);
    } catch (ApiProblem problem) {
      goBack(progress, savepoint, problem);
      return new ItemOutcome.Refused(problem.inside(step.pointer(), step.body()));
    } catch (SQLException e) {
      goBack(progress, savepoint, e);
      ApiProblem problem = Writes.problem(step, e);
      if (problem.type().status() >= ProblemType.INTERNAL.status()) {
        // Time, room or a fault of ours: another item would fare no better, and may hold on to all.
        throw new FailedStepException(step, e);
      }
      return new ItemOutcome.Refused(problem);
    }
  }

  private static Savepoint begin(Progress progress) throws SQLException {
    progress.touch().mayBeUndone();
    return progress.connection().setSavepoint();
  }

  /** Undoes one item, or rethrows what is not the item's fault. */
  private static void goBack(Progress progress, Savepoint savepoint, Exception fault)
      throws SQLException {
    if (fault instanceof SQLException sql && !isOfAnItem(sql)) {
      throw sql;
    }
    progress.connection().rollback(savepoint);
    progress.touch().undone();
  }

  /** Whether another operation might fare better: not if the connection or all the work is lost. */
  private static boolean isOfAnItem(SQLException fault) {
    return !SqlState.isRetryable(fault)
        && !SqlState.isConnectionLost(fault)
        && !SqlState.isOfTimeOrRoom(fault);
  }
}
