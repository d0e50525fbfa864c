package dev.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTest {

  @ParameterizedTest(name = "xid {0} against xmax {1} is {2}")
  @CsvSource({
    "727, 12884902616, 12884902615", // epoch 3, as measured on a real server
    "728, 12884902616, 12884902616",
    "4294967295, 12884902616, 12884901887", // ended in the epoch before
    "3, 4294967290, 4294967299", // begun in the epoch after
    "727, 728, 727",
    "4294967295, 4294967295, 4294967295",
    "0, 4294967296, 4294967296",
  })
  void widen_nearestToXmax(long xid32, long xmax, long expected) {
    assertThat(Snapshot.parse(xmax + ":" + xmax + ":").widen(xid32)).isEqualTo(expected);
  }

  @Test
  void widen_returnsEveryXidNearXmax() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      long xmax = (1L << 32) + random.nextLong(1L << 40);
      long xid = xmax + random.nextInt(Integer.MIN_VALUE + 1, Integer.MAX_VALUE);
      Snapshot snapshot = Snapshot.parse(xmax + ":" + xmax + ":");
      assertThat(snapshot.widen(xid & 0xFFFFFFFFL))
          .as("seed %d, xmax %d", seed, xmax)
          .isEqualTo(xid);
    }
  }

  @ParameterizedTest(name = "{0} sees {1}: {2}")
  @CsvSource(
      delimiter = ' ',
      value = {
        "10:20:12,15 9 true",
        "10:20:12,15 10 true",
        "10:20:12,15 12 false",
        "10:20:15,12 13 true",
        "10:20:12,15 15 false",
        "10:20:12,15 19 true",
        "10:20:12,15 20 false",
        "10:20:12,15 21 false",
        "20:20: 19 true",
        "20:20: 20 false",
      })
  void sees_asPostgres(String snapshot, long xid, boolean sees) {
    assertThat(Snapshot.parse(snapshot).sees(xid)).isEqualTo(sees);
  }

  @Test
  void seesAllOf_isWhatEveryTransactionSays() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Snapshot one = random(random);
      Snapshot other = random(random);
      boolean all = true;
      for (long xid = 0; xid < 20; xid++) {
        all &= one.sees(xid) || !other.sees(xid);
      }
      // An id that neither ever gave out says nothing, so that bounds may differ: it errs to "no".
      assertThat(one.seesAllOf(other) && !all)
          .as("seed %d: %s sees all of %s", seed, one, other)
          .isFalse();
      if (all && other.xmax() <= one.xmax()) {
        assertThat(one.seesAllOf(other)).as("seed %d: %s, %s", seed, one, other).isTrue();
      }
    }
  }

  private static Snapshot random(Random random) {
    int xmin = random.nextInt(10);
    int xmax = xmin + random.nextInt(6);
    StringBuilder inProgress = new StringBuilder();
    for (int xid = xmin; xid < xmax; xid++) {
      if (random.nextInt(3) == 0) {
        inProgress.append(inProgress.isEmpty() ? "" : ",").append(xid);
      }
    }
    return Snapshot.parse(xmin + ":" + xmax + ":" + inProgress);
  }

  @Test
  void shortened_neverSeesMore() {
    Snapshot snapshot = Snapshot.parse("10:20:10,12");
    for (long xid = 0; xid < 30; xid++) {
      assertThat(snapshot.sees(xid) || !snapshot.shortened().sees(xid)).isTrue();
    }
  }

  @Test
  void roundedUp_neverSeesLess() {
    Snapshot snapshot = Snapshot.parse("10:20:10,12");
    assertThat(snapshot.roundedUp()).hasToString("10:20:");
    assertThat(snapshot.roundedUp().seesAllOf(snapshot)).isTrue();
    assertThat(snapshot.seesAllOf(snapshot.roundedUp())).isFalse();
  }

  @Test
  void below_seesEveryIdBelow() {
    assertThat(Snapshot.below(20)).hasToString("20:20:");
    assertThat(Snapshot.below(20).sees(19)).isTrue();
    assertThat(Snapshot.below(20).sees(20)).isFalse();
  }

  @Test
  void inProgress_ascending() {
    assertThat(Snapshot.parse("10:20:15,12").inProgress()).containsExactly(12L, 15L);
    assertThat(Snapshot.below(20).inProgress()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1:2", "1:2:3:4", "a:b:", "1:2:x"})
  void parse_notASnapshot(String text) {
    assertThatThrownBy(() -> Snapshot.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void toString_roundTrip() {
    assertThat(Snapshot.parse("10:20:12,15")).hasToString("10:20:12,15");
  }
}
