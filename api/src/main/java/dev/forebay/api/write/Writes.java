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
import dev.forebay.api.touch.Outcome;
import dev.forebay.api.touch.Touch;
import dev.forebay.api.touch.TouchFailedException;
import dev.forebay.api.touch.Touches;
import dev.forebay.api.touch.receipt.Receipts;
import dev.forebay.api.touch.receipt.Told;
import dev.forebay.api.transaction.Script;
import dev.forebay.api.transaction.Transactions;
import dev.forebay.api.write.AuditTrail.Entry;
import dev.forebay.model.Instance;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes. Every call is one transaction, in which the audit entry and, under an idempotency key,
 * the reply are stored too; a reply that is returned has been committed.
 *
 * <p>Every call throws {@link ApiProblem}, and nothing else, for what the client or the database
 * did wrong; nothing has been written then, unless it says that the outcome is unknown. Safe for
 * any thread; calls block.
 */
public final class Writes {

  private static final Logger LOG = LoggerFactory.getLogger(Writes.class);

  private final Transactions transactions;
  private final IdempotencyKeys keys;
  private final AuditTrail audit;
  private final @Nullable Touches touches;
  private final @Nullable Receipts receipts;
  private final ItemRunner items = new ItemRunner();

  /** Writes that do not ask what they touch. */
  public Writes(Transactions transactions, Instance instance) {
    this(transactions, instance, null, null);
  }

  /**
   * @param instance whose ledger keeps replies and audit entries
   * @param touches finds what writes touch, and
   * @param receipts says so in replies; both, or none
   */
  public Writes(
      Transactions transactions,
      Instance instance,
      @Nullable Touches touches,
      @Nullable Receipts receipts) {
    this.transactions = transactions;
    this.keys = new IdempotencyKeys(instance);
    this.audit = new AuditTrail(instance);
    this.touches = touches;
    this.receipts = receipts;
  }

  /** Applies operations in their order, all or none. */
  public Reply all(
      Request request, List<Step> steps, BiFunction<List<Applied>, Told, Reply> answer) {
    refuseIfAny(steps.stream().flatMap(step -> step.problems().stream()).toList());
    return run(
        request,
        steps,
        progress -> {
          List<Applied> applied = apply(progress, steps);
          return told -> answer.apply(applied, told);
        });
  }

  /**
   * Inserts rows of one resource in their order, all or none, faster than one by one.
   *
   * @param rows at least one
   */
  public Reply create(
      Request request, RowStore store, List<JsonNode> rows, Function<List<Applied>, Reply> answer) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      String place = "/" + i;
      steps.add(new Step(store, new Operation.Create(rows.get(i)), List.of(), place, place));
    }
    refuseIfAny(steps.stream().flatMap(step -> step.problems().stream()).toList());
    try {
      return transact(
          request,
          progress -> {
            List<Applied> created = progress.createAll(steps);
            return told -> answer.apply(created);
          });
    } catch (SQLException e) {
      if (!isOfARow(e)) {
        throw translate(e, steps);
      }
      // PostgreSQL does not say which row it was; one by one, it shows.
      return all(request, steps, (created, told) -> answer.apply(created));
    }
  }

  /**
   * Applies operations in their order, each for itself: one that fails leaves the others be.
   * References are not for these.
   */
  public Reply each(Request request, List<Step> steps, Function<List<ItemOutcome>, Reply> answer) {
    return run(
        request,
        steps,
        progress -> {
          List<ItemOutcome> outcomes = items.run(progress, steps);
          return told -> answer.apply(outcomes);
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

  /** What a request does; returns how it is answered. */
  private interface Work {
    Function<Told, Reply> run(Progress progress) throws SQLException;
  }

  private Reply run(Request request, List<Step> steps, Work work) {
    try {
      return transact(request, work);
    } catch (SQLException e) {
      throw translate(e, steps);
    }
  }

  private Reply transact(Request request, Work work) throws SQLException {
    try {
      return transact(request, work, false);
    } catch (TouchFailedException e) {
      LOG.atWarn()
          .setCause(e.getCause())
          .log("rows could not be read before their change; the write names models");
      return transact(request, work, true);
    }
  }

  /**
   * @param blind whether to look at no rows in order to find what is touched
   */
  private Reply transact(Request request, Work work, boolean blind) throws SQLException {
    return transactions.write(
        request.caller(),
        () -> {
          Touch touch = touches == null ? Touch.NONE : touches.begin(blind);
          return new Attempt(request, work, touch);
        });
  }

  /** One attempt at a transaction. */
  private final class Attempt implements Transactions.Work<Reply> {
    private final Request request;
    private final Work work;
    private final Touch touch;
    private @Nullable Function<Told, Reply> answer;

    Attempt(Request request, Work work, Touch touch) {
      this.request = request;
      this.work = work;
      this.touch = touch;
    }

    @Override
    public void open(Connection connection, Script script) {
      touch.open(connection, script);
    }

    @Override
    public Reply run(Connection connection) throws SQLException {
      String principal = request.caller().principal();
      IdempotencyKey key = request.key();
      if (key != null) {
        Optional<Reply> earlier = keys.claim(connection, principal, key);
        if (earlier.isPresent()) {
          return repeated(earlier.get(), request);
        }
      }
      Progress progress = new Progress(connection, new Entry(), touch);
      answer = work.run(progress);
      Outcome outcome = touch.end();
      audit.write(connection, request.caller(), progress.entry(), outcome);
      // Until somebody has looked after the COMMIT, a repetition is told of whole models.
      Reply reply = reply(request, answer, outcome == null ? null : outcome.wholly());
      if (key != null) {
        keys.store(connection, principal, key, reply);
      }
      return reply;
    }

    /** Whatever goes wrong here, the write is done, and what is stored is true of it. */
    @Override
    public Reply committed(Connection connection, Reply stored) {
      try {
        return lookedAtAgain(connection, stored);
      } catch (RuntimeException e) {
        LOG.atWarn()
            .setCause(e)
            .log("a committed write was not looked at again; its reply names models");
        return stored;
      }
    }

    /** Where nothing was unsure it is not made again: its token would only be another one. */
    private Reply lookedAtAgain(Connection connection, Reply stored) {
      Outcome outcome = answer == null ? null : touch.committed();
      if (answer == null || outcome == null) {
        return stored;
      }
      Reply reply = reply(request, answer, outcome);
      if (request.key() != null && !reply.equals(stored)) {
        keys.settle(connection, request.caller().principal(), request.key(), reply);
      }
      return reply;
    }
  }

  private Reply repeated(Reply earlier, Request request) {
    return receipts == null
        ? earlier
        : new Reply(
            earlier.status(),
            receipts.again(earlier.headers(), request.tokens()),
            earlier.body(),
            earlier.touched());
  }

  private Reply reply(Request request, Function<Told, Reply> answer, @Nullable Outcome outcome) {
    if (outcome == null || receipts == null) {
      return answer.apply(Told.NOTHING);
    }
    Told told = request.named() ? Receipts.told(outcome) : Told.NOTHING;
    return answer
        .apply(told)
        .with(receipts.headers(outcome, told, request.tokens()), outcome.touched());
  }

  private static List<Applied> apply(Progress progress, List<Step> steps) throws SQLException {
    List<Applied> before = new ArrayList<>();
    Allowance allowance = new Allowance();
    for (Step step : steps) {
      try {
        before.add(progress.apply(step, step.resolved(before)));
        allowance.spend(before.getLast());
      } catch (SQLException e) {
        throw new FailedStepException(step, e);
      } catch (ApiProblem problem) {
        throw problem.inside(step.pointer(), step.body());
      }
    }
    return before;
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
}
