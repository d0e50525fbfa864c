package dev.forebay.kv.overhead;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.pace.RequestBudget;
import java.net.URI;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Writes through a small heap and prints how many pairs were stored: a million of 1 KB that nobody
 * holds, or one request of 96 MB from a collection.
 */
final class HeapRun {

  private HeapRun() {}

  public static void main(String[] arguments) {
    KvConfig config = KvConfig.of(URI.create(arguments[0]), "ns", ApiToken.of("x"));
    try (CloudflareKvClient client =
        new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE)) {
      System.out.println(arguments[1].equals("stream") ? stream(client) : oneRequest(client));
    }
    System.exit(0);
  }

  private static long stream(CloudflareKvClient client) {
    String text = "v".repeat(1000);
    Iterator<KvPair> pairs =
        IntStream.range(0, 1_000_000).mapToObj(i -> KvPair.of("key:" + i, text + i)).iterator();
    AtomicLong stored = new AtomicLong();
    client.bulkWrite(
        pairs,
        (key, outcome) -> {
          if (outcome instanceof KeyOutcome.Stored) {
            stored.incrementAndGet();
          }
        });
    return stored.get();
  }

  private static long oneRequest(CloudflareKvClient client) {
    List<KvPair> pairs =
        IntStream.range(0, 4).mapToObj(i -> KvPair.of("key:" + i, "v".repeat(24_000_000))).toList();
    return client.bulkWrite(pairs).outcomes().values().stream()
        .filter(outcome -> outcome instanceof KeyOutcome.Stored)
        .count();
  }
}
