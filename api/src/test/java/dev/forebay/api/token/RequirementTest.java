package dev.forebay.api.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.Snapshot;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RequirementTest {

  private static final int WORLDS = 150;
  private static final int ROUNDS = 40;

  private static Requirement served(World world, int moment) {
    String content = Requirement.content(world.hash(moment, 0));
    return new Requirement(new TreeSet<>(), world.snapshot(moment), content);
  }

  /** A demand and what it was made of. */
  private record Made(Requirement requirement, World.Known known) {

    Made merge(Made other) {
      return new Made(requirement.merge(other.requirement), known.and(other.known));
    }
  }

  private static Made fact(Random random, World world, boolean mayBeXid) {
    World.Known known = World.Known.nothing();
    if (mayBeXid && random.nextBoolean()) {
      long xid = world.committed(random.nextInt(12));
      known.xids().add(xid);
      return new Made(Requirement.of(xid), known);
    }
    int moment = random.nextInt(world.moments());
    known.served().add(moment);
    return new Made(served(world, moment), known);
  }

  /** Merges some facts in any order, rounding up and forgetting content in between. */
  private static Made tree(Random random, World world, int depth) {
    Made made =
        depth == 0 || random.nextInt(4) == 0
            ? fact(random, world, true)
            : tree(random, world, depth - 1).merge(tree(random, world, depth - 1));
    Requirement plain = made.requirement();
    Snapshot seen = plain.seen();
    if (seen == null) {
      return made;
    }
    Requirement other =
        switch (random.nextInt(6)) {
          case 0 -> new Requirement(plain.xids(), seen.roundedUp(), plain.content());
          case 1 -> new Requirement(plain.xids(), Snapshot.below(seen.xmax()), null);
          case 2 -> new Requirement(plain.xids(), seen, null);
          default -> plain;
        };
    return new Made(other, made.known());
  }

  @Test
  void merge_neverCallsGoodWhatLacksSomething() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int met = 0;
    for (int i = 0; i < WORLDS; i++) {
      World world = new World(random, 12, 1 + random.nextInt(6), 1);
      for (int round = 0; round < ROUNDS; round++) {
        Made made = tree(random, world, 3);
        for (int moment = 0; moment < world.moments(); moment++) {
          if (world.isMet(made.requirement(), moment, 0)) {
            met++;
            assertThat(world.isGood(moment, 0, made.known()))
                .as("seed %d: %s at %s", seed, made, world.snapshot(moment))
                .isTrue();
          }
        }
      }
    }
    assertThat(met).as("versions that were met, seed %d", seed).isGreaterThan(10_000);
  }

  @Test
  void merge_ofExactSnapshots_callsGoodAllThatLacksNothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < WORLDS; i++) {
      World world = new World(random, 12, 1 + random.nextInt(6), 1);
      for (int round = 0; round < ROUNDS; round++) {
        Made made = fact(random, world, true);
        for (int facts = random.nextInt(5); facts > 0; facts--) {
          made = made.merge(fact(random, world, true));
        }
        for (int moment = 0; moment < world.moments(); moment++) {
          assertThat(world.isMet(made.requirement(), moment, 0))
              .as("seed %d: %s at %s", seed, made, world.snapshot(moment))
              .isEqualTo(world.isGood(moment, 0, made.known()));
        }
      }
    }
  }

  @Test
  void merge_inAnyOrderAndAgain_isTheSame() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < WORLDS; i++) {
      World world = new World(random, 12, 1 + random.nextInt(6), 1);
      for (int round = 0; round < ROUNDS; round++) {
        Requirement one = tree(random, world, 2).requirement();
        Requirement other = tree(random, world, 2).requirement();
        assertThat(one.merge(other)).as("seed %d", seed).isEqualTo(other.merge(one));
        assertThat(one.merge(one)).as("seed %d", seed).isEqualTo(one);
      }
    }
  }

  /** Snapshots of one primary are totally ordered. Ceilings are not, and may add up to more. */
  @Test
  void merge_ofExactSnapshots_isAssociative() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < WORLDS; i++) {
      World world = new World(random, 12, 1 + random.nextInt(6), 1);
      for (int round = 0; round < ROUNDS; round++) {
        Requirement a = fact(random, world, true).merge(fact(random, world, true)).requirement();
        Requirement b = fact(random, world, true).requirement();
        Requirement c = fact(random, world, true).merge(fact(random, world, true)).requirement();
        assertThat(a.merge(b).merge(c)).as("seed %d", seed).isEqualTo(a.merge(b.merge(c)));
      }
    }
  }

  /** The case in which a ceiling with content would hide the client's own write. */
  @Test
  void content_readInARoundedSnapshot_doesNotOutliveAWrite() {
    Snapshot busy = Snapshot.parse("10:20:10,12,15");
    String content = Requirement.content("0123456789abcdef".repeat(4));
    Requirement rounded = new Requirement(new TreeSet<>(), busy.roundedUp(), content);

    Requirement after = rounded.merge(Requirement.of(15));

    assertThat(rounded.isMetByContent("0123456789abcdef".repeat(4))).isTrue();
    assertThat(after.isMetByContent("0123456789abcdef".repeat(4))).isFalse();
    assertThat(after.isMetBy(busy)).isFalse();
  }

  @Test
  void content_withoutSnapshot_isRefused() {
    assertThatThrownBy(() -> new Requirement(new TreeSet<>(List.of(7L)), null, "-"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
