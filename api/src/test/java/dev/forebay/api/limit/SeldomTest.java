package dev.forebay.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SeldomTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final Seldom seldom = new Seldom(now::get);

  @Test
  void isDue_theFirstTime_andAgainAfterTenSeconds() {
    assertThat(seldom.isDue()).isTrue();
    assertThat(seldom.isDue()).isFalse();

    now.addAndGet(Seldom.BETWEEN.toNanos() - 1);
    assertThat(seldom.isDue()).isFalse();
    now.addAndGet(1);
    assertThat(seldom.isDue()).isTrue();
    assertThat(seldom.isDue()).isFalse();
  }

  @Test
  void isDue_forOneOfManyAtOnce() throws Exception {
    List<Callable<Boolean>> many = Collections.nCopies(1_000, seldom::isDue);
    int due = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> one : threads.invokeAll(many)) {
        due += one.get() ? 1 : 0;
      }
    }

    assertThat(due).isEqualTo(1);
  }
}
