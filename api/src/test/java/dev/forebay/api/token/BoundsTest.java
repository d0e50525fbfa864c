package dev.forebay.api.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Sessions of one client whose token is bounded after every change, as it is in use. */
class BoundsTest {

  private static final int SESSIONS = 24;
  private static final int STEPS = 80;
  private static final int DOCUMENTS = 48;
  private static final List<String> MODELS = List.of("article", "front_page", "tag");
  private static final TokenCodec CODEC =
      new TokenCodec(new Secrets(List.of("a secret of at least 32 characters")), Golden.at(0));

  private static String model(int document) {
    return MODELS.get(document % MODELS.size());
  }

  private static String id(int document) {
    return Payload.id(model(document) + ":" + document);
  }

  private static Payload one(String model, String id, Requirement entry) {
    SortedMap<String, SortedMap<String, Requirement>> entries = new TreeMap<>();
    Payload.add(entries, model, id, entry);
    return new Payload("h1", 180, entries);
  }

  /** What the client knows, by model and id, and the token that should stand for it. */
  private static final class Session {

    private final Random random;
    private final World world;
    private final Map<String, World.Known> known = new HashMap<>();
    private Payload payload = new Payload("h1", 180, new TreeMap<>());

    Session(Random random, World world) {
      this.random = random;
      this.world = world;
    }

    void step() {
      int document = random.nextInt(DOCUMENTS);
      if (random.nextBoolean()) {
        int moment = random.nextInt(world.moments());
        String content = Requirement.content(world.hash(moment, document));
        known(model(document), id(document)).served().add(moment);
        add(
            one(
                model(document),
                id(document),
                new Requirement(new TreeSet<>(), world.snapshot(moment), content)));
        return;
      }
      long xid = world.committed(random.nextInt(60));
      boolean wholly = random.nextInt(10) == 0;
      boolean all = random.nextInt(50) == 0;
      String model = all ? Payload.ALL : model(document);
      String id = all || wholly ? Payload.ALL : id(document);
      known(model, id).xids().add(xid);
      add(one(model, id, Requirement.of(xid)));
    }

    private void add(Payload more) {
      payload = Bounds.bound(Payload.merge(List.of(payload, more)));
    }

    private World.Known known(String model, String id) {
      return known.computeIfAbsent(model + " " + id, name -> World.Known.nothing());
    }

    /** All that the client knows of a document. */
    World.Known known(int document) {
      return known(model(document), id(document))
          .and(known(model(document), Payload.ALL))
          .and(known(Payload.ALL, Payload.ALL));
    }
  }

  @Test
  void bound_afterEveryChange_neverCallsGoodWhatLacksSomething() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int met = 0;
    for (int i = 0; i < SESSIONS; i++) {
      World world = new World(random, 60, i % 2 == 0 ? 3 : 30, DOCUMENTS);
      Session session = new Session(random, world);
      for (int step = 0; step < STEPS; step++) {
        session.step();
        checkSize(session.payload);
        met += check(session, world, random.nextInt(DOCUMENTS), seed);
      }
    }
    assertThat(met).as("versions that were met, seed %d", seed).isGreaterThan(10_000);
  }

  private static int check(Session session, World world, int document, long seed) {
    int met = 0;
    World.Known known = session.known(document);
    Requirement requirement =
        session.payload.requirement(model(document), id(document)).orElse(null);
    for (int moment = 0; moment < world.moments(); moment++) {
      if (requirement == null || world.isMet(requirement, moment, document)) {
        met++;
        assertThat(world.isGood(moment, document, known))
            .as("seed %d: %s, %s at %s", seed, requirement, known, world.snapshot(moment))
            .isTrue();
      }
    }
    return met;
  }

  private static void checkSize(Payload payload) {
    String token = CODEC.write(payload);
    assertThat(CODEC.read(token)).contains(payload);
    assertThat(token.length()).isLessThanOrEqualTo(TokenCodec.MAX_LENGTH);
    assertThat(PayloadJson.write(payload).getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(Bounds.MAX_BYTES);
    assertThat(Bounds.bound(payload)).isEqualTo(payload);
    assertThat(
            payload.entries().values().stream()
                .flatMap(ids -> ids.keySet().stream())
                .filter(id -> !id.equals(Payload.ALL)))
        .hasSizeLessThanOrEqualTo(Bounds.MAX_DOCUMENTS);
  }
}
