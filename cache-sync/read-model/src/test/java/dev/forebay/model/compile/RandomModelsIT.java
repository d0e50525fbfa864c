package dev.forebay.model.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.compile.RandomSpec.Case;
import dev.forebay.model.compile.RandomSpec.Model;
import dev.forebay.model.compile.RandomSpec.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Random tables, random models, random changes: what routing names is rebuilt, and every document
 * is then compared with one made in memory.
 *
 * <p>{@code -Dforebay.models.seed=…} begins at another case, {@code -Dforebay.models.seconds=…}
 * goes on for longer. A case that fails is made smaller and printed.
 */
class RandomModelsIT {

  private static final long SEED = Long.getLong("forebay.models.seed", System.nanoTime() >>> 20);
  private static final int SECONDS = Integer.getInteger("forebay.models.seconds", 20);
  private static final int MOST_CASES_FOR_A_MUTANT = 400;

  private static TestDatabase database;
  private static Connection writing;
  private static Connection reading;

  @BeforeAll
  static void start() throws Exception {
    database = TestDatabase.start();
    String log = TestDatabase.resource("/publication/changelog.sql");
    database.execute(
        log.substring(0, log.indexOf("create trigger"))
            .replace("as_texts", "public.as_texts")
            .replace("insert into change_log", "insert into public.change_log"));
    writing = connect();
    reading = connect();
  }

  @AfterAll
  static void stop() throws Exception {
    reading.close();
    writing.close();
    database.close();
  }

  static Connection connect() throws SQLException {
    return database.dataSource().getConnection();
  }

  @Test
  void randomModels_randomChanges_noDocumentStaysWrong() throws Exception {
    System.out.println("RandomModelsIT: -Dforebay.models.seed=" + SEED);
    long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    int cases = 0;
    int rows = 0;
    int rebuilt = 0;
    for (long seed = SEED; System.nanoTime() < end; seed++, cases++) {
      OracleRun.Outcome outcome = play(RandomCases.of(seed, "s"), Mutant.NONE, seed);
      rows += outcome.rows();
      rebuilt += outcome.rebuilt();
      if (outcome.failure() != null) {
        assertThat(explain(seed, outcome.failure())).isNull();
      }
    }
    System.out.printf(
        "RandomModelsIT: %d cases, %d rows, %d documents rebuilt, none wrong%n",
        cases, rows, rebuilt);
    assertThat(rebuilt).isGreaterThan(cases);
  }

  @Test
  void plantedBugs_areAllCaught() throws Exception {
    Map<Mutant, Integer> caught = new LinkedHashMap<>();
    List<Mutant> planted =
        Stream.of(Mutant.values()).filter(mutant -> mutant != Mutant.NONE).toList();
    for (Mutant mutant : planted) {
      for (int i = 0; i < MOST_CASES_FOR_A_MUTANT && !caught.containsKey(mutant); i++) {
        if (play(RandomCases.of(SEED + i, "s"), mutant, SEED + i).failure() != null) {
          caught.put(mutant, i + 1);
        }
      }
    }
    System.out.printf(
        "RandomModelsIT: %d of %d planted bugs caught, after so many cases: %s%n",
        caught.size(), planted.size(), caught);
    assertThat(caught.keySet()).as("seed " + SEED).containsExactlyElementsOf(planted);
  }

  private static OracleRun.Outcome play(Case one, Mutant mutant, long seed) throws Exception {
    return OracleRun.play(writing, reading, one, mutant, seed);
  }

  private static String explain(long seed, String failure) throws Exception {
    Case least = shrink(RandomCases.of(seed, "s"), seed);
    StringBuilder text = new StringBuilder("-Dforebay.models.seed=" + seed + ": " + failure);
    text.append("\nthe least case that fails: ").append(play(least, Mutant.NONE, seed).failure());
    text.append("\nkeys: ").append(least.tables()).append("\nmodels: ").append(least.yaml());
    for (List<Transaction> batch : least.batches()) {
      text.append("\nbatch:");
      batch.forEach(transaction -> text.append("\n  ").append(transaction));
    }
    return text.toString();
  }

  /** Takes away models, includes, batches and statements as long as the case fails without them. */
  private static Case shrink(Case failing, long seed) throws Exception {
    Case least = failing;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (Case candidate : candidates(least)) {
        if (play(candidate, Mutant.NONE, seed).failure() != null) {
          least = candidate;
          smaller = true;
          break;
        }
      }
    }
    return least;
  }

  private static List<Case> candidates(Case one) {
    List<Case> candidates = new ArrayList<>();
    if (one.models().size() > 1) {
      without(one.models(), models -> new Case(one.tables(), models, one.batches()), candidates);
    }
    for (int i = 0; i < one.models().size(); i++) {
      Case lacking = Mutants.lacking(one);
      List<Model> models = new ArrayList<>(one.models());
      if (!models.get(i).equals(lacking.models().get(i))) {
        models.set(i, lacking.models().get(i));
        candidates.add(new Case(one.tables(), models, one.batches()));
      }
    }
    without(one.batches(), batches -> new Case(one.tables(), one.models(), batches), candidates);
    for (int i = 0; i < one.batches().size(); i++) {
      int batch = i;
      without(one.batches().get(i), transactions -> with(one, batch, transactions), candidates);
      for (int j = 0; j < one.batches().get(i).size(); j++) {
        int at = j;
        Transaction whole = one.batches().get(i).get(j);
        without(
            whole.statements(),
            statements -> {
              List<Transaction> transactions = new ArrayList<>(one.batches().get(batch));
              transactions.set(at, new Transaction(statements, whole.undone()));
              return with(one, batch, transactions);
            },
            candidates);
      }
    }
    return candidates;
  }

  private static Case with(Case one, int batch, List<Transaction> transactions) {
    List<List<Transaction>> batches = new ArrayList<>(one.batches());
    batches.set(batch, transactions);
    return new Case(one.tables(), one.models(), batches);
  }

  private static <T> void without(List<T> list, Function<List<T>, Case> make, List<Case> to) {
    for (int i = 0; i < list.size(); i++) {
      List<T> rest = new ArrayList<>(list);
      rest.remove(i);
      to.add(make.apply(rest));
    }
  }
}
