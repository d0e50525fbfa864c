package dev.forebay.ops.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LifetimeTest {

  private final List<String> closed = new CopyOnWriteArrayList<>();
  private final Lifetime lifetime = new Lifetime();

  @Test
  void close_endsInReverseOrder_onceAndInSpiteOfFailures() throws Exception {
    lifetime.open("first", () -> () -> closed.add("first"));
    lifetime.open(
        "second",
        () ->
            () -> {
              closed.add("second");
              throw new IllegalStateException("cannot close");
            });
    lifetime.open("third", () -> () -> closed.add("third"));

    lifetime.close();
    lifetime.close();

    assertThat(closed).containsExactly("third", "second", "first");
  }

  @Test
  void open_afterClosing_isRefused() {
    lifetime.close();

    assertThatThrownBy(() -> lifetime.open("late", () -> () -> closed.add("late")))
        .isInstanceOf(Lifetime.ClosingException.class);
    assertThat(closed).isEmpty();
  }

  @Test
  void close_whileAPartIsBeingOpened_closesThatPartToo() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch mayOpen = new CountDownLatch(1);
    Thread starter =
        Thread.ofVirtual()
            .start(() -> {
              try {
                lifetime.open(
                    "slow",
                    () -> {
                      opening.countDown();
                      mayOpen.await();
                      return () -> closed.add("slow");
                    });
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    opening.await();
    Thread closer = Thread.ofPlatform().start(lifetime::close);
    await().atMost(Duration.ofSeconds(5)).until(() -> closer.getState() == Thread.State.BLOCKED);
    mayOpen.countDown();
    closer.join();
    starter.join();

    assertThat(closed).containsExactly("slow");
  }

  @Test
  void await_failure_tellsTheFirstReason() throws InterruptedException {
    lifetime.fail("wrangler ended");
    lifetime.fail("PostgreSQL ended");

    assertThat(lifetime.await()).isEqualTo("wrangler ended");
  }

  @Test
  void await_closed_tellsNothingEvenIfPartsEndNow() throws InterruptedException {
    lifetime.close();
    lifetime.fail("wrangler ended");

    assertThat(lifetime.await()).isNull();
  }
}
