package dev.forebay.ops.plan.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineDiffTest {

  @Test
  void diff_equalTexts_isEmpty() {
    assertThat(LineDiff.of(List.of("a", "b"), List.of("a", "b"))).isEmpty();
    assertThat(LineDiff.of(List.of(), List.of())).isEmpty();
  }

  @Test
  void diff_hasThreeLinesOfContext() {
    List<String> before = IntStream.rangeClosed(1, 9).mapToObj(Integer::toString).toList();
    List<String> after = new ArrayList<>(before);
    after.set(4, "five");

    assertThat(LineDiff.of(before, after))
        .containsExactly("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8");
  }

  @Test
  void diff_changesFarApart_areTwoHunks() {
    List<String> before = IntStream.rangeClosed(1, 30).mapToObj(Integer::toString).toList();
    List<String> after = new ArrayList<>(before);
    after.remove(24);
    after.add(1, "new");

    assertThat(LineDiff.of(before, after))
        .filteredOn(line -> line.startsWith("@@"))
        .containsExactly("@@ -1,4 +1,5 @@", "@@ -22,7 +23,6 @@");
  }

  @Test
  void diff_fromNothing_isAllNew() {
    assertThat(LineDiff.of(List.of(), List.of("a", "b")))
        .containsExactly("@@ -0,0 +1,2 @@", "+a", "+b");
  }

  @Test
  void diff_veryLongTexts_replacesTheMiddle() {
    List<String> before = IntStream.range(0, 3_000).mapToObj(i -> "b" + i).toList();
    List<String> after = IntStream.range(0, 3_000).mapToObj(i -> "a" + i).toList();

    assertThat(LineDiff.of(before, after)).hasSize(6_001).contains("-b2999", "+a0");
  }

  /** Whatever the texts: the signs lead from the one to the other, and no line is wasted. */
  @Test
  void diff_ofRandomTexts_leadsFromOneToTheOther() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      List<String> before = lines(random);
      List<String> after = lines(random);

      List<String> diff = LineDiff.of(before, after);

      assertThat(apply(before, diff)).as("seed %d, round %d", seed, round).isEqualTo(after);
    }
  }

  private static List<String> lines(Random random) {
    return random.ints(random.nextInt(30), 0, 6).mapToObj(Integer::toString).toList();
  }

  private static List<String> apply(List<String> before, List<String> diff) {
    List<String> after = new ArrayList<>();
    int at = 0;
    for (String line : diff) {
      String text = line.substring(1);
      switch (line.charAt(0)) {
        case '@' -> {
          String[] range = text.split("[-, ]+", -1);
          int from = Integer.parseInt(range[1]) - (range[2].equals("0") ? 0 : 1);
          after.addAll(before.subList(at, from));
          at = from;
        }
        case '+' -> after.add(text);
        default -> {
          assertThat(before.get(at++)).isEqualTo(text);
          if (line.charAt(0) == ' ') {
            after.add(text);
          }
        }
      }
    }
    after.addAll(before.subList(at, before.size()));
    return after;
  }
}
