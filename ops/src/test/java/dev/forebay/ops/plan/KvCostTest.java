package dev.forebay.ops.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvCostTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0.0",
    "1000000, 0, 5.0",
    "0, 1000000, 5.0",
    "100000, 20000, 0.6",
    "2000000, 500000, 12.5"
  })
  void change_eachWriteAndEachDeleteIsBilled(long writes, long deletes, double dollars) {
    assertThat(new KvCost(writes, deletes, 0, 960, 0, 0).changeDollars()).isEqualTo(dollars);
  }

  @Test
  void storage_isFiftyCentsForAGigabyteAndMonth() {
    KvCost cost = new KvCost(0, 0, 0, 960, 2_000_000_000, 500_000_000);

    assertThat(cost.storageDollarsBefore()).isEqualTo(1.0);
    assertThat(cost.storageDollarsAfter()).isEqualTo(0.25);
  }

  @ParameterizedTest
  @CsvSource({"1000000, 1000000, true", "1000001, 0, false", "0, 1000001, false"})
  void freeQuota_countsWritesAndDeletesApart(long writes, long deletes, boolean fits) {
    assertThat(new KvCost(writes, deletes, 0, 960, 0, 0).fitsFreeOperations()).isEqualTo(fits);
  }

  /** Half of the budget at once, the other half in each 5 minutes. */
  @ParameterizedTest
  @CsvSource({
    "960, 0, 0",
    "960, 480, 0",
    "960, 960, 300",
    "960, 5280, 3000",
    "100, 50, 0",
    "100, 960, 5460",
    "1000000, 5280, 0"
  })
  void requestTime_isThatOfTheWorkersBudget(int budget, long requests, long seconds) {
    Duration time = new KvCost(0, 0, requests, budget, 0, 0).requestTime();

    assertThat(time).isCloseTo(Duration.ofSeconds(seconds), Duration.ofSeconds(1));
  }

  @Test
  void cost_isTheSumOfTheModels() {
    KvCost cost = KvCost.of(List.of(plan(1, 2, 3), plan(10, 20, 30)), 100);

    assertThat(cost).isEqualTo(new KvCost(33, 33, 8, 100, 200, 14));
  }

  private static ModelPlan plan(long added, long changed, long removed) {
    return new ModelPlan(
        "m",
        ModelPlan.State.CHANGED,
        false,
        9,
        added,
        changed,
        removed,
        0,
        0,
        100,
        7,
        5,
        4,
        ModelPlan.Samples.NONE);
  }
}
