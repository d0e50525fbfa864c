package dev.forebay.api.write;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlProblems;
import dev.forebay.api.problem.SqlState;
import dev.forebay.api.problem.Violation;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.row.RowStore;
import dev.forebay.api.transaction.Caller;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.api.write.AuditTrail.Entry;
import dev.forebay.model.Instance;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes. Every call is one transaction, in which the audit entry and, under an idempotency key,
 * the reply are stored too; a reply that is returned has been committed.
 *
 * <p>Every call throws {@link ApiProblem}, and nothing else, for what the client or the database
 * did wrong; nothing has been written then, unless it says that the outcome is unknown. Safe for
 * any thread; calls block.
 */
public final class Writes {

  private final Transactions transactions;
  private final IdempotencyKeys keys;
  private final AuditTrail audit;
  private final ItemRunner items = new ItemRunner();

  /**
   * @param instance whose ledger keeps replies and audit entries
   */
  public Writes(Transactions transactions, Instance instance) {
    this.transactions = transactions;
    this.keys = new IdempotencyKeys(instance);
    this.audit = new AuditTrail(instance);
  }

  /** Applies operations in their order, all or none. */
  public Reply all(
      Caller caller,
      List<Step> steps,
      Function<List<Applied>, Reply> answer,
      @Nullable IdempotencyKey key) {
    refuseIfAny(steps.stream().flatMap(step -> step.problems().stream()).toList());
    return run(
        caller, key, steps, (connection, entry) -> answer.apply(apply(connection, steps, entry)));
  }

  /**
   * Inserts rows of one resource in their order, all or none, faster than one by one.
   *
   * @param rows at least one
   */
  public Reply create(
      Caller caller,
      RowStore store,
      List<JsonNode> rows,
      Function<List<Applied>, Reply> answer,
      @Nullable IdempotencyKey key) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      String place = "/" + i;
      steps.add(new Step(store, new Operation.Create(rows.get(i)), List.of(), place, place));
    }
    refuseIfAny(steps.stream().flatMap(step -> step.problems().stream()).toList());
    try {
      return transact(
          caller,
          key,
          (connection, entry) -> {
            List<Applied> created = store.createAll(connection, rows);
            record(entry, steps, created);
            return answer.apply(created);
          });
    } catch (SQLException e) {
      if (!isOfARow(e)) {
        throw translate(e, steps);
      }
      // PostgreSQL does not say which row it was; one by one, it shows.
      return all(caller, steps, answer, key);
    }
  }

  /**
   * Applies operations in their order, each for itself: one that fails leaves the others be.
   * References are not for these.
   */
  public Reply each(
      Caller caller,
      List<Step> steps,
      Function<List<ItemOutcome>, Reply> answer,
      @Nullable IdempotencyKey key) {
    return run(
        caller,
        key,
        steps,
        (connection, entry) -> {
          List<ItemOutcome> outcomes = items.run(connection, steps);
          for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof ItemOutcome.Done done) {
              entry.add(name(steps.get(i)), steps.get(i).operation(), done.applied());
            }
          }
          return answer.apply(outcomes);
        });
  }

  /** Whether it is the content of a row that PostgreSQL refused. */
  private static boolean isOfARow(SQLException fault) {
    String state = SqlState.of(fault);
    return state.startsWith(SqlState.DATA_EXCEPTION_CLASS)
        || state.startsWith(SqlState.INTEGRITY_VIOLATION_CLASS)
        || state.equals(SqlState.INSUFFICIENT_PRIVILEGE)
        || state.equals(SqlState.WITH_CHECK_OPTION_VIOLATION)
        || state.equals(SqlState.RAISE_EXCEPTION);
  }

  /** What a request does on its connection. */
  private interface Work {
    Reply run(Connection connection, Entry entry) throws SQLException;
  }

  private Reply run(Caller caller, @Nullable IdempotencyKey key, List<Step> steps, Work work) {
    try {
      return transact(caller, key, work);
    } catch (SQLException e) {
      throw translate(e, steps);
    }
  }

  private Reply transact(Caller caller, @Nullable IdempotencyKey key, Work work)
      throws SQLException {
    return transactions.write(
        caller,
        connection -> {
          if (key != null) {
            Optional<Reply> earlier = keys.claim(connection, caller.principal(), key);
            if (earlier.isPresent()) {
              return earlier.get();
            }
          }
          Entry entry = new Entry();
          Reply reply = work.run(connection, entry);
          audit.write(connection, caller, entry);
          if (key != null) {
            keys.store(connection, caller.principal(), key, reply);
          }
          return reply;
        });
  }

  private static List<Applied> apply(Connection connection, List<Step> steps, Entry entry)
      throws SQLException {
    List<Applied> before = new ArrayList<>();
    Allowance allowance = new Allowance();
    for (Step step : steps) {
      try {
        before.add(step.store().apply(connection, step.resolved(before)));
        allowance.spend(before.getLast());
      } catch (SQLException e) {
        throw new FailedStepException(step, e);
      } catch (ApiProblem problem) {
        throw problem.inside(step.pointer(), step.body());
      }
    }
    record(entry, steps, before);
    return before;
  }

  private static void record(Entry entry, List<Step> steps, List<Applied> applied) {
    for (int i = 0; i < applied.size(); i++) {
      entry.add(name(steps.get(i)), steps.get(i).operation(), applied.get(i));
    }
  }

  /** A fault at COMMIT is of no operation, unless there is only one. */
  private static ApiProblem translate(SQLException fault, List<Step> steps) {
    if (fault instanceof FailedStepException failed) {
      return problem(failed.step(), failed.fault());
    }
    return steps.size() == 1 ? problem(steps.getFirst(), fault) : SqlProblems.translate(fault);
  }

  static ApiProblem problem(Step step, SQLException fault) {
    SqlProblems.Operation operation =
        switch (step.operation()) {
          case Operation.Create create -> SqlProblems.Operation.INSERT;
          case Operation.Put put -> SqlProblems.Operation.UPDATE;
          case Operation.Patch patch -> SqlProblems.Operation.UPDATE;
          case Operation.Delete delete -> SqlProblems.Operation.DELETE;
        };
    List<String> set = step.store().columnsSet(step.operation());
    return SqlProblems.translate(fault, step.store().table(), operation, set)
        .inside(step.pointer(), step.body());
  }

  private static void refuseIfAny(List<Violation> violations) {
    if (!violations.isEmpty()) {
      throw ApiProblem.of(ProblemType.INVALID_CONTENT, violations);
    }
  }

  private static String name(Step step) {
    return step.store().table().resource().name();
  }
}
