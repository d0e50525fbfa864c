package dev.forebay.ops.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.ops.faults.world.TcpProxy.Mode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Many sessions, so many of them open at once, of which some do something at the same time; beside
 * them readers without a token. For a tenth of the time the site does not reach the API.
 */
final class Run {

  static final int HANDS = 16;

  private final SessionWorld world;
  private final Plan plan;
  private final Tally tally = new Tally();
  private final Random random;
  private final List<Session> sessions = new ArrayList<>();
  private final List<Session> open = new ArrayList<>();
  private final AtomicInteger steps = new AtomicInteger();

  /** How long the site's log was when the network was cut, and when it was mended. */
  private volatile int cut;

  private volatile int mended;

  /**
   * What is to be done.
   *
   * @param sessions in all
   * @param open at once
   * @param steps of each
   * @param shared articles that all know
   */
  record Plan(int sessions, int open, int steps, int shared, long seed) {}

  Run(SessionWorld world, Plan plan) {
    this.world = world;
    this.plan = plan;
    this.random = new Random(plan.seed());
  }

  /** Lets them all come to their end, prints what was counted, and judges what they were told. */
  void prove() throws Exception {
    int began = world.workerd.says().length();
    play();
    tally.readLog(world.workerd.says().substring(began), cut - began, mended - began);
    System.out.printf(
        "%d sessions, %d open at once, %d acting at once: %s%n",
        plan.sessions(), plan.open(), HANDS, tally);
    assertThat(lies()).isEmpty();
    tally.assertPlausible();
    assertThat(world.workerd.says())
        .as("what the API answered could be served")
        .contains("served a stale document")
        .doesNotContain(
            "as new as the token asks", "another hash", "another document", "its version");
  }

  private void play() throws Exception {
    double before = world.originReads();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> hands = new ArrayList<>();
      for (int i = 0; i < HANDS; i++) {
        Random stranger = new Random(plan.seed() - i - 1);
        hands.add(threads.submit(() -> work(stranger)));
      }
      for (Future<Void> hand : hands) {
        hand.get();
      }
    } finally {
      world.network.set(Mode.OPEN);
    }
    tally.end(world.originReads() - before);
  }

  private Void work(Random stranger) throws Exception {
    for (Session session = take(); session != null; session = take()) {
      if (session.step()) {
        giveBack(session);
      }
      if (stranger.nextInt(4) == 0) {
        readWithoutToken(world, tally, plan.shared(), stranger);
      }
      look(steps.incrementAndGet());
    }
    return null;
  }

  private synchronized @Nullable Session take() {
    while (open.size() < plan.open() && sessions.size() < plan.sessions()) {
      Session session =
          new Session(world, tally, sessions.size(), plan.shared(), plan.steps(), plan.seed());
      sessions.add(session);
      open.add(session);
    }
    return open.isEmpty() ? null : open.remove(random.nextInt(open.size()));
  }

  private synchronized void giveBack(Session session) {
    open.add(session);
  }

  /** Measures now and then, and cuts the network and mends it. */
  private void look(int step) throws IOException {
    int all = plan.sessions() * (plan.steps() + 1);
    if (step % Math.max(1, all / 200) == 0) {
      tally.lag(world.lagSeconds());
    }
    if (step == all * 40 / 100) {
      cut = world.workerd.says().length();
      world.network.set(Mode.CUT);
    } else if (step == all * 46 / 100) {
      world.network.set(Mode.HALF_OPEN);
    } else if (step >= all * 50 / 100 && mended == 0) {
      mend();
    }
  }

  /** Not before the reader has given up at least once, however fast the machine is. */
  private synchronized void mend() throws IOException {
    if (mended == 0 && world.workerd.says().indexOf(Tally.LATE, cut) >= 0) {
      world.network.set(Mode.OPEN);
      mended = world.workerd.says().length();
    }
  }

  /** Reads some document without a token. */
  static void readWithoutToken(SessionWorld world, Tally tally, int shared, Random random)
      throws Exception {
    String document =
        switch (random.nextInt(5)) {
          case 0 -> "front_page:";
          case 1 -> "tag:t" + (1 + random.nextInt(shared / 2));
          case 2 -> "author:u" + (1 + random.nextInt(shared / 2));
          case 3 -> "article:s" + random.nextInt(1_000) + "-" + random.nextInt(4);
          default -> "article:a" + (1 + random.nextInt(shared));
        };
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                world
                    .workerd
                    .site(random.nextInt(SessionWorld.LOCATIONS))
                    .resolve(Client.path(document)))
            .header("CF-Connecting-IP", "192.0.2.1");
    if (random.nextBoolean()) {
      request.header("Cookie", "theme=dark");
    }
    HttpResponse<String> reply = world.http.send(request.build(), BodyHandlers.ofString());
    tally.count("stranger " + reply.statusCode());
    assertThat(reply.statusCode()).isIn(200, 404);
    assertThat(reply.headers().firstValue("Forebay-Freshness")).contains("unconstrained");
    assertThat(reply.headers().map()).doesNotContainKeys("forebay-token", "set-cookie");
  }

  private List<String> lies() throws Exception {
    try (Connection connection = world.connect()) {
      Truth truth = Truth.read(connection);
      return sessions.stream().flatMap(session -> session.lies(truth).stream()).toList();
    }
  }
}
