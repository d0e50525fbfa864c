package dev.forebay.ops.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What clients did side by side for some seconds.
 *
 * @param perSecond pieces of work
 * @param p50 median time of a piece
 * @param p99 of a hundred pieces one took longer
 */
record Turn(double perSecond, Duration p50, Duration p99) {

  /** Lets clients work until the time is up. */
  static Turn run(int clients, Duration time, Client.Factory factory) throws Exception {
    long began = System.nanoTime();
    long end = began + time.toNanos();
    List<Long> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Future<List<Long>>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int number = i;
        Callable<List<Long>> one = () -> work(factory, number, end);
        running.add(threads.submit(one));
      }
      for (Future<List<Long>> one : running) {
        all.addAll(one.get());
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    all.sort(null);
    return new Turn(all.size() / seconds, percentile(all, 50), percentile(all, 99));
  }

  private static List<Long> work(Client.Factory factory, int number, long end) throws Exception {
    List<Long> times = new ArrayList<>();
    try (Client client = factory.open(number)) {
      for (int i = 0; System.nanoTime() < end; i++) {
        long began = System.nanoTime();
        client.once(i);
        times.add(System.nanoTime() - began);
      }
    }
    return times;
  }

  private static Duration percentile(List<Long> sorted, int percent) {
    if (sorted.isEmpty()) {
      return Duration.ZERO;
    }
    int place = (int) Math.ceil(sorted.size() * percent / 100.0) - 1;
    return Duration.ofNanos(sorted.get(Math.max(0, place)));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,8.0f/s  p50 %6.2f ms  p99 %7.2f ms",
        perSecond,
        p50.toNanos() / 1e6,
        p99.toNanos() / 1e6);
  }
}
