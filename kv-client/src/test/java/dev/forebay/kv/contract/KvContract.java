package dev.forebay.kv.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.ApiToken;
import dev.forebay.kv.CloudflareKvClient;
import dev.forebay.kv.KeyOrder;
import dev.forebay.kv.KeyOutcome;
import dev.forebay.kv.KvClient;
import dev.forebay.kv.KvConfig;
import dev.forebay.kv.KvEntry;
import dev.forebay.kv.KvException;
import dev.forebay.kv.KvKey;
import dev.forebay.kv.KvListener;
import dev.forebay.kv.KvNamespace;
import dev.forebay.kv.KvNamespaces;
import dev.forebay.kv.KvPair;
import dev.forebay.kv.pace.RequestBudget;
import dev.forebay.kv.pace.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every server must do for the client, each with its own gaps. */
abstract class KvContract {

  private final String prefix = UUID.randomUUID().toString().substring(0, 8) + ":";
  private CloudflareKvClient client;

  /** The server under test, with its own limits and a namespace that exists. */
  abstract KvConfig server();

  abstract Set<Gap> gaps();

  @BeforeEach
  void open() {
    client = open(config());
  }

  @AfterEach
  void close() {
    client.close();
  }

  private KvConfig config() {
    return server()
        .withRetry(
            new RetryPolicy(2, Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofSeconds(20)))
        .withKeyFloor(Duration.ofMillis(1));
  }

  private static CloudflareKvClient open(KvConfig config) {
    return new CloudflareKvClient(config, RequestBudget.unlimited(), KvListener.NONE);
  }

  @Test
  void check_ofAGoodNamespace() {
    client.check();
  }

  @Test
  void bulkWrite_thenGet() {
    KvPair pair = new KvPair(prefix + "a", "{\"x\":\"ü😀\\n\"}", "{\"v\":[1,null]}", null);

    assertThat(client.bulkWrite(List.of(pair)).outcome(pair.key()))
        .isEqualTo(new KeyOutcome.Stored(null));

    assertThat(client.get(pair.key())).contains(new KvEntry(pair.value(), pair.metadataJson()));
  }

  @Test
  void get_ofAMissingKey_isEmpty() {
    assertThat(client.get(prefix + "missing")).isEmpty();
    assertThat(client.getBytes(prefix + "missing")).isEmpty();
  }

  @Test
  void bulkWrite_replacesValueMetadataAndExpiration() {
    String key = prefix + "a";
    client.bulkWrite(List.of(new KvPair(key, "1", "{\"v\":1}", Duration.ofHours(1))));
    waitForFloor();
    client.bulkWrite(List.of(KvPair.of(key, "2")));

    assertThat(client.get(key)).contains(new KvEntry("2", null));
    assertThat(keys(prefix)).containsExactly(new KvKey(key, null, null));
  }

  @Test
  void bulkWrite_ofTheEmptyValue() {
    client.bulkWrite(List.of(KvPair.of(prefix + "a", "")));

    assertThat(client.get(prefix + "a")).contains(new KvEntry("", null));
  }

  @Test
  void bulkWrite_ofBytes_thenGetBytes() {
    byte[] bytes = {0, (byte) 0xff, 13, 10, 0};
    client.bulkWrite(List.of(KvPair.ofBytes(prefix + "a", bytes)));

    assertThat(client.getBytes(prefix + "a")).contains(bytes);
  }

  @Test
  void put_thenGetThenDelete() {
    KvPair pair = new KvPair(prefix + "a", "--x\r\n--", "{\"v\":1}", null);
    client.put(pair);
    assertThat(client.get(pair.key())).contains(new KvEntry(pair.value(), pair.metadataJson()));

    waitForFloor();
    client.delete(pair.key());
    assertThat(client.get(pair.key())).isEmpty();

    client.put(KvPair.ofBytes(prefix + "b", new byte[] {0, -1}));
    assertThat(client.getBytes(prefix + "b")).contains(new byte[] {0, -1});
  }

  static Stream<String> oddKeys() {
    return Stream.of(
        "/",
        "a/b",
        "a b",
        "a+b",
        "a%2Fb",
        "100%",
        "?q=1&r=2#f",
        "ü",
        "😀",
        "a\\b",
        "..a",
        "a:b",
        "'\"",
        "[1]",
        "~",
        "^",
        "{}|",
        "a=b");
  }

  @ParameterizedTest
  @MethodSource("oddKeys")
  void keys_areTheSameInUrlsAndBodies(String odd) {
    String key = prefix + odd;
    client.put(KvPair.of(key, "by url"));

    assertThat(client.bulkGet(List.of(key)).get(key).value()).isEqualTo("by url");
    assertThat(keys(key)).extracting(KvKey::name).containsExactly(key);
    waitForFloor();
    client.bulkWrite(List.of(KvPair.of(key, "by body")));
    assertThat(client.getBytes(key)).contains("by body".getBytes(UTF_8));
    waitForFloor();
    client.delete(key);
    assertThat(client.get(key)).isEmpty();
  }

  @Test
  void bulkDelete_removesKeysAndToleratesMissingOnes() {
    client.bulkWrite(List.of(KvPair.of(prefix + "a", "1"), KvPair.of(prefix + "b", "2")));
    waitForFloor();

    assertThat(client.bulkDelete(List.of(prefix + "a", prefix + "nowhere")).outcomes().values())
        .containsOnly(new KeyOutcome.Stored(null));

    assertThat(keys(prefix)).extracting(KvKey::name).containsExactly(prefix + "b");
  }

  @Test
  void keys_areListedOverPagesInTheOrderOfTheirBytes() {
    List<String> names =
        Stream.concat(
                IntStream.range(0, 2100).mapToObj(i -> prefix + "k" + i),
                Stream.of(prefix + "\uffee", prefix + "😀", prefix + "é", prefix + "z"))
            .toList();
    try (KvClient small = open(config().withBatch(500, 1_000_000))) {
      small.bulkWrite(names.stream().map(n -> new KvPair(n, "v", "{\"n\":1}", null)).toList());
    }

    List<KvKey> listed = keys(prefix);

    assertThat(listed)
        .extracting(KvKey::name)
        .containsExactlyElementsOf(names.stream().sorted(KeyOrder.UTF8).toList());
    assertThat(listed).extracting(KvKey::metadataJson).containsOnly("{\"n\":1}");
  }

  @Test
  void keys_withAPrefixThatNobodyHas() {
    assertThat(keys(prefix + "nobody")).isEmpty();
  }

  @Test
  void bulkGet_ofMoreThanOneRequest() {
    List<KvPair> pairs =
        IntStream.range(0, 150).mapToObj(i -> KvPair.of(prefix + i, "v" + i)).toList();
    client.bulkWrite(pairs);
    List<String> wanted =
        Stream.concat(pairs.stream().map(KvPair::key), Stream.of(prefix + "missing")).toList();

    Map<String, KvEntry> found = client.bulkGet(wanted);

    assertThat(found)
        .isEqualTo(
            pairs.stream()
                .collect(Collectors.toMap(KvPair::key, p -> new KvEntry(p.value(), null))));
  }

  @Test
  void expiration_showsInListings() {
    Instant expiration = Instant.ofEpochSecond(now() + 3600);
    client.bulkWrite(
        List.of(
            new KvPair(prefix + "at", "1", null, null, expiration, false),
            new KvPair(prefix + "in", "1", null, Duration.ofMinutes(2))));
    client.put(new KvPair(prefix + "put", "1", null, null, expiration, false));

    Map<String, KvKey> listed =
        keys(prefix).stream().collect(Collectors.toMap(KvKey::name, Function.identity()));
    assertThat(listed.get(prefix + "at").expiration()).isEqualTo(expiration);
    assertThat(listed.get(prefix + "in").expiration())
        .isBetween(Instant.ofEpochSecond(now() + 60), Instant.ofEpochSecond(now() + 121));
    assertThat(listed.get(prefix + "put").expiration())
        .isEqualTo(gaps().contains(Gap.SINGLE_PUT_NEVER_EXPIRES) ? null : expiration);
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  @Test
  void findMetadata_alone() {
    client.bulkWrite(
        List.of(new KvPair(prefix + "a", "1", "{\"v\":1}", null), KvPair.of(prefix + "b", "1")));

    if (gaps().contains(Gap.NO_METADATA_ENDPOINT)) {
      assertThatThrownBy(() -> client.findMetadata(prefix + "a"))
          .isInstanceOf(KvException.NotFound.class);
    } else {
      assertThat(client.findMetadata(prefix + "a")).contains("{\"v\":1}");
      assertThat(client.findMetadata(prefix + "b")).isEmpty();
      assertThat(client.findMetadata(prefix + "missing")).isEmpty();
    }
  }

  @Test
  void wrongToken_isUnauthorised() {
    KvConfig config = config();
    KvConfig wrong =
        KvConfig.of(config.namespacesUrl(), config.namespaceId(), ApiToken.of("wrong-token"));
    try (KvClient other = open(wrong)) {
      if (gaps().contains(Gap.NO_AUTHENTICATION)) {
        other.check();
      } else {
        assertThatThrownBy(other::check)
            .isInstanceOf(KvException.Unauthorised.class)
            .hasMessageNotContaining("wrong-token");
      }
    }
  }

  @Test
  void wrongNamespace_isNotFound() {
    KvConfig wrong = KvConfig.of(config().namespacesUrl(), "no-such-namespace", config().token());
    try (KvClient other = open(wrong)) {
      if (gaps().contains(Gap.ANY_NAMESPACE)) {
        other.check();
      } else {
        assertThatThrownBy(other::check)
            .isInstanceOfSatisfying(
                KvException.NotFound.class, e -> assertThat(e.codes()).containsExactly(10013));
      }
    }
  }

  @Test
  void keyFloor_refusesASecondWriteWithinASecond() {
    client.put(KvPair.of(prefix + "a", "1"));

    if (gaps().contains(Gap.NO_KEY_FLOOR)) {
      client.put(KvPair.of(prefix + "a", "2"));
    } else {
      assertThatThrownBy(() -> client.put(KvPair.of(prefix + "a", "2")))
          .isInstanceOf(KvException.Throttled.class);
    }
  }

  @Test
  void namespaces_areListedAndKept() {
    try (KvNamespaces namespaces =
        new KvNamespaces(config(), RequestBudget.unlimited(), KvListener.NONE)) {
      assertThat(namespaces.list()).extracting(KvNamespace::id).contains(config().namespaceId());
      if (gaps().contains(Gap.NAMESPACES_FIXED)) {
        assertThatThrownBy(() -> namespaces.create(prefix)).isInstanceOf(KvException.class);
      } else {
        keepNamespaces(namespaces);
      }
    }
  }

  private void keepNamespaces(KvNamespaces namespaces) {
    KvNamespace made = namespaces.create(prefix);
    assertThat(namespaces.findByTitle(prefix)).contains(made);
    assertThatThrownBy(() -> namespaces.create(prefix))
        .isInstanceOfSatisfying(
            KvException.Rejected.class, e -> assertThat(e.codes()).containsExactly(10014));

    namespaces.rename(made.id(), prefix + "2");
    assertThat(namespaces.find(made.id())).contains(new KvNamespace(made.id(), prefix + "2"));

    namespaces.delete(made.id());
    assertThat(namespaces.find(made.id())).isEmpty();
  }

  private List<KvKey> keys(String ofPrefix) {
    try (Stream<KvKey> keys = client.keys(ofPrefix)) {
      return keys.toList();
    }
  }

  /** The next write of the same key comes a second later. */
  abstract void waitForFloor();
}
