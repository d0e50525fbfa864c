package dev.forebay.kv;

import dev.forebay.kv.http.BulkCall;
import dev.forebay.kv.http.BulkFormat;
import dev.forebay.kv.http.BulkGet;
import dev.forebay.kv.http.KeyPages;
import dev.forebay.kv.http.KvHttp;
import dev.forebay.kv.http.KvRequest;
import dev.forebay.kv.http.ValueUrls;
import dev.forebay.kv.pace.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** A namespace behind the Cloudflare REST API, or behind a server that speaks the same. */
public final class CloudflareKvClient implements KvClient {

  private static final MediaType BYTES = MediaType.get("application/octet-stream");
  private static final int LEAST_PAGE = 10;

  private final KvConfig config;
  private final KvHttp http;
  private final HttpUrl namespace;
  private final ValueUrls urls;

  /** A client with the whole of Cloudflare's request budget to itself, told to nobody. */
  public CloudflareKvClient(KvConfig config) {
    this(config, RequestBudget.cloudflare(1), KvListener.NONE);
  }

  /**
   * @param budget shared by all clients of the process that use the same account
   */
  public CloudflareKvClient(KvConfig config, RequestBudget budget, KvListener listener) {
    this(config, budget, listener, WriteGate.OPEN);
  }

  /**
   * @param budget shared by all clients of the process that use the same account
   * @param gate asked before each attempt that writes or deletes
   */
  public CloudflareKvClient(
      KvConfig config, RequestBudget budget, KvListener listener, WriteGate gate) {
    this(
        config,
        new KvHttp(config, new OkHttpClient(), budget, listener, gate, InstantSource.system()));
  }

  /**
   * @param base proxies, TLS and interceptors are taken from it; it is neither changed nor closed
   */
  public CloudflareKvClient(
      KvConfig config,
      RequestBudget budget,
      KvListener listener,
      OkHttpClient base,
      InstantSource clock) {
    this(config, new KvHttp(config, base, budget, listener, WriteGate.OPEN, clock));
  }

  private CloudflareKvClient(KvConfig config, KvHttp http) {
    this.config = config;
    this.http = http;
    this.namespace = http.namespaces().newBuilder().addPathSegment(config.namespaceId()).build();
    this.urls = new ValueUrls(http, namespace);
  }

  @Override
  public BulkResult bulkWrite(Collection<KvPair> pairs) {
    Instant now = http.now();
    refuseBad(pairs, KvPair::key, pair -> KvLimits.problems(pair, now));
    Map<String, KeyOutcome> outcomes = HashMap.newHashMap(pairs.size());
    new BulkCall<>(http, config, BulkFormat.write(namespace), outcomes::put).run(pairs.iterator());
    return new BulkResult(outcomes);
  }

  @Override
  public void bulkWrite(Iterator<KvPair> pairs, BiConsumer<String, KeyOutcome> outcomes) {
    Instant now = http.now();
    Iterator<KvPair> good =
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(pairs, 0), false)
            .filter(pair -> isGood(pair, now, outcomes))
            .iterator();
    new BulkCall<>(http, config, BulkFormat.write(namespace), outcomes).run(good);
  }

  @Override
  public BulkResult bulkDelete(Collection<String> keys) {
    refuseBad(keys, key -> key, CloudflareKvClient::keyProblems);
    Map<String, KeyOutcome> outcomes = HashMap.newHashMap(keys.size());
    new BulkCall<>(http, config, BulkFormat.delete(namespace), outcomes::put).run(keys.iterator());
    return new BulkResult(outcomes);
  }

  @Override
  public KeyOutcome.Stored put(KvPair pair) {
    refuseBad(List.of(pair), KvPair::key, p -> KvLimits.problems(p, http.now()));
    HttpUrl.Builder url = urls.of(pair.key()).newBuilder();
    Duration ttl = pair.expirationTtl();
    Instant expiration = pair.expiration();
    if (ttl != null) {
      url.addQueryParameter("expiration_ttl", Long.toString(ttl.toSeconds()));
    } else if (expiration != null) {
      url.addQueryParameter("expiration", Long.toString(expiration.getEpochSecond()));
    }
    KvRequest request = KvRequest.set("put", "PUT", url.build(), valueBody(pair), 1);
    return new KeyOutcome.Stored(sendWrite(pair.key(), request));
  }

  @Override
  public KeyOutcome.Stored delete(String key) {
    refuseBad(List.of(key), k -> k, CloudflareKvClient::keyProblems);
    KvRequest request = KvRequest.set("delete", "DELETE", urls.of(key), null, 1);
    return new KeyOutcome.Stored(sendWrite(key, request));
  }

  @Override
  public Optional<KvEntry> get(String key) {
    return Optional.ofNullable(bulkGet(List.of(key)).get(key));
  }

  @Override
  public Optional<byte[]> getBytes(String key) {
    refuseBad(List.of(key), k -> k, CloudflareKvClient::keyProblems);
    return urls.value(key).map(answer -> answer.body().toByteArray());
  }

  /**
   * Reads a key's metadata alone.
   *
   * @return JSON; empty if there is none, or no such key
   * @throws KvException as its subtypes say
   */
  public Optional<String> findMetadata(String key) {
    refuseBad(List.of(key), k -> k, CloudflareKvClient::keyProblems);
    return urls.metadata(key);
  }

  @Override
  public Map<String, KvEntry> bulkGet(Collection<String> keys) {
    refuseBad(keys, key -> key, CloudflareKvClient::keyProblems);
    return new BulkGet(http, namespace).read(List.copyOf(keys));
  }

  /**
   * When this client may write or delete a key again without exceeding one write per key and
   * second: now, or later. It does not wait by itself; whoever schedules writes asks.
   */
  public Instant earliestWrite(String key) {
    return http.keyFloor().earliest(key, http.now());
  }

  @Override
  public Stream<KvKey> keys(String prefix) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new KeyPages(http, namespace, prefix),
            Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL),
        false);
  }

  @Override
  public int readyRequests() {
    return http.readyRequests();
  }

  @Override
  public void check() {
    http.send(KeyPages.request(namespace, "", "", LEAST_PAGE));
  }

  @Override
  public void close() {
    http.close();
  }

  @Override
  public String toString() {
    return "CloudflareKvClient[" + namespace + "]";
  }

  private @Nullable Instant sendWrite(String key, KvRequest request) {
    try {
      return http.send(request).openUntil();
    } finally {
      http.keyFloor().wrote(List.of(key), http.now());
    }
  }

  private static RequestBody valueBody(KvPair pair) {
    RequestBody value =
        pair.base64()
            ? RequestBody.create(Base64.getDecoder().decode(pair.value()), BYTES)
            : RequestBody.create(pair.value(), MediaType.get("text/plain; charset=utf-8"));
    String metadata = pair.metadataJson();
    if (metadata == null) {
      return value;
    }
    return new MultipartBody.Builder()
        .setType(MultipartBody.FORM)
        .addFormDataPart("value", null, value)
        .addFormDataPart("metadata", metadata)
        .build();
  }

  private static boolean isGood(KvPair pair, Instant now, BiConsumer<String, KeyOutcome> outcomes) {
    List<String> problems = KvLimits.problems(pair, now);
    if (!problems.isEmpty()) {
      String message = KvLimits.named(pair.key(), problems);
      outcomes.accept(pair.key(), new KeyOutcome.Failed(new KvException.Rejected(message)));
    }
    return problems.isEmpty();
  }

  private static List<String> keyProblems(String key) {
    @Nullable String problem = KvLimits.keyProblem(key);
    return problem == null ? List.of() : List.of(problem);
  }

  private static <T> void refuseBad(
      Collection<T> items, Function<T, String> keyOf, Function<T, List<String>> problemsOf) {
    List<String> bad = new ArrayList<>();
    Set<String> seen = HashSet.newHashSet(items.size());
    Set<String> twice = new LinkedHashSet<>();
    for (T item : items) {
      String key = keyOf.apply(item);
      List<String> problems = problemsOf.apply(item);
      if (!problems.isEmpty()) {
        bad.add(KvLimits.named(key, problems));
      }
      if (!seen.add(key)) {
        twice.add(key);
      }
    }
    twice.forEach(key -> bad.add(KvLimits.named(key, List.of("stands twice"))));
    if (!bad.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", bad));
    }
  }
}
