package dev.forebay.kv.overhead;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.pace.RequestBudget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * CPU time of this process for a bulk write of 10,000 documents, by the client and by hand, turn by
 * turn. Prints the lowest rounds in milliseconds per call: client, by hand, by hand with the body
 * made beforehand.
 */
final class CpuRun {

  private static final int WARM_UP = 6;
  private static final int ROUNDS = 5;

  /** CPU time is counted in hundredths of a second: one call is too short. */
  private static final int CALLS = 10;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MediaType TYPE = MediaType.get("application/json");

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final OkHttpClient http = new OkHttpClient();
  private final URI url;
  private final List<KvPair> pairs;

  private CpuRun(URI url) {
    this.url = url;
    this.pairs = IntStream.range(0, 10_000).mapToObj(CpuRun::pair).toList();
  }

  public static void main(String[] arguments) throws IOException {
    new CpuRun(URI.create(arguments[0])).run();
  }

  private interface Work {
    void run() throws IOException;
  }

  private void run() throws IOException {
    KvConfig config = KvConfig.of(url, "ns", ApiToken.of("x")).withKeyFloor(Duration.ofSeconds(1));
    byte[] ready = byHand();
    double[][] cpu = new double[3][ROUNDS];
    try (CloudflareKvClient client =
        new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE)) {
      Work[] works = {() -> byClient(client), () -> send(byHand()), () -> send(ready)};
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        for (int i = 0; i < works.length; i++) {
          long begun = system.getProcessCpuTime();
          for (int call = 0; call < CALLS; call++) {
            works[i].run();
          }
          if (round >= 0) {
            cpu[i][round] = (system.getProcessCpuTime() - begun) / 1e6 / CALLS;
          }
        }
      }
    }
    System.out.printf(
        Locale.ROOT, "%.1f %.1f %.1f%n", lowest(cpu[0]), lowest(cpu[1]), lowest(cpu[2]));
    System.exit(0);
  }

  private void byClient(CloudflareKvClient client) {
    boolean stored =
        client.bulkWrite(pairs).outcomes().values().stream()
            .allMatch(outcome -> outcome instanceof KeyOutcome.Stored);
    if (!stored) {
      throw new IllegalStateException("not stored");
    }
  }

  /** The same body as one would write it with Jackson. */
  private byte[] byHand() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(1 << 24);
    try (JsonGenerator json = JSON.createGenerator(body)) {
      json.writeStartArray();
      for (KvPair pair : pairs) {
        json.writeStartObject();
        json.writeStringField("key", pair.key());
        json.writeStringField("value", pair.value());
        json.writeFieldName("metadata");
        json.writeRawValue(pair.metadataJson());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return body.toByteArray();
  }

  private void send(byte[] body) throws IOException {
    Request request =
        new Request.Builder()
            .url(url + "/ns/bulk")
            .header("Authorization", "Bearer x")
            .put(RequestBody.create(body, TYPE))
            .build();
    try (Response response = http.newCall(request).execute()) {
      JsonNode envelope = JSON.readTree(response.body().bytes());
      if (!envelope.path("success").asBoolean()) {
        throw new IllegalStateException("not stored");
      }
    }
  }

  /** A document of about 1 KB as Forebay writes it: JSON with its quotes, some text, metadata. */
  private static KvPair pair(int i) {
    String text = "Rain fills the pool, and the pool stands before the dam. ".repeat(14);
    String value =
        "{\"id\":%d,\"slug\":\"article-%d\",\"title\":\"Größe über alles\",\"tags\":[{\"name\":\"a\"}],\"body\":\"%s\"}"
            .formatted(i, i, text);
    String metadata =
        "{\"snapshot\":\"7%d:7%d:\",\"hash\":\"9f86d081884c7d659a2feaa0c55ad015\",\"committed\":\"2026-11-23T18:00:00Z\"}"
            .formatted(i, i + 9);
    return new KvPair("article:article-" + i, value, metadata, null);
  }

  /** Compiling and collecting garbage come on top at random; the lowest round has least of them. */
  private static double lowest(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }
}
