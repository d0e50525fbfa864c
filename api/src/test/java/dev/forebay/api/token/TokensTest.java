package dev.forebay.api.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokensTest {

  private static final String SECRET = "correct-horse-battery-staple-2026";
  private static final String OTHER = "another-secret-of-32-characters!!";
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00Z");
  private static final DocumentKey HELLO = key("article", "hello");

  private final Tokens tokens = tokens(NOW, SECRET);

  private static Tokens tokens(Instant now, String... secrets) {
    return new Tokens(config(secrets), Instance.DEFAULT, InstantSource.fixed(now));
  }

  private static TokenConfig config(String... secrets) {
    return new TokenConfig(List.of(secrets), TokenConfig.LIFE, false, null);
  }

  private static DocumentKey key(String model, String value) {
    return new DocumentKey(model, List.of(value), model + ":" + value);
  }

  private static Touched documents(long xid, String model, String... values) {
    SortedSet<String> keys = new TreeSet<>();
    for (String value : values) {
      keys.add(model + ":" + value);
    }
    TreeMap<String, SortedSet<String>> documents = new TreeMap<>();
    documents.put(model, keys);
    return new Touched(xid, documents, new TreeSet<>());
  }

  private static Touched wholly(long xid, String... models) {
    return new Touched(xid, new TreeMap<>(), new TreeSet<>(List.of(models)));
  }

  private String issued(Touched touched) {
    return tokens.issue(List.of(), touched, "h1");
  }

  private Optional<Requirement> demanded(DocumentKey key, String... carried) {
    return tokens.requirement(List.of(carried), key, "h1");
  }

  private static Optional<Requirement> xids(Long... xids) {
    return Optional.of(new Requirement(new TreeSet<>(List.of(xids)), null, null));
  }

  @Test
  void issue_demandsWhatWasTouched() {
    String token = issued(documents(727, "article", "hello", "other"));

    assertThat(demanded(HELLO, token)).isEqualTo(xids(727L));
    assertThat(demanded(key("article", "third"), token)).isEmpty();
    assertThat(demanded(key("tag", "hello"), token)).isEmpty();
    assertThat(demanded(HELLO)).isEmpty();
  }

  @Test
  void issue_wholeModels() {
    assertThat(demanded(HELLO, issued(wholly(727, "article")))).isEqualTo(xids(727L));
    assertThat(demanded(HELLO, issued(wholly(727, "tag")))).isEmpty();
    assertThat(demanded(HELLO, issued(wholly(727, Touched.EVERY_MODEL)))).isEqualTo(xids(727L));
  }

  @Test
  void issue_nothingTouched() {
    Touched nothing = wholly(727);

    assertThat(nothing.isEmpty()).isTrue();
    assertThat(demanded(HELLO, issued(nothing))).isEmpty();
  }

  @Test
  void issue_addsToWhatIsCarried() {
    String first = issued(documents(727, "article", "hello"));
    String second = tokens.issue(List.of(first), documents(730, "article", "hello", "other"), "h1");

    assertThat(demanded(HELLO, second)).isEqualTo(xids(727L, 730L));
    assertThat(demanded(key("article", "other"), second)).isEqualTo(xids(730L));
    assertThat(second).isEqualTo(tokens.issue(List.of(second), wholly(9), "h1"));
  }

  @Test
  void carried_severalInOneValue_areMerged() {
    String first = issued(documents(1, "article", "hello"));
    String second = issued(documents(2, "article", "hello"));

    assertThat(demanded(HELLO, first + ", " + second)).isEqualTo(xids(1L, 2L));
    assertThat(demanded(HELLO, ",," + first + ",x", second + ",")).isEqualTo(xids(1L, 2L));
  }

  @Test
  void carried_firstFourAreLookedAt() {
    String[] carried =
        IntStream.rangeClosed(1, 6)
            .mapToObj(xid -> issued(documents(xid, "article", "hello")))
            .toArray(String[]::new);

    assertThat(demanded(HELLO, carried)).isEqualTo(xids(1L, 2L, 3L, 4L));
    assertThat(demanded(HELLO, String.join(",", carried))).isEqualTo(xids(1L, 2L, 3L, 4L));
    assertThat(demanded(HELLO, "x,y,z", carried[0], carried[1])).isEqualTo(xids(1L));
  }

  @Test
  void carried_ofAnotherHistory_demandsNothing() {
    String other = tokens.issue(List.of(), documents(999, "article", "hello"), "h2");
    String later =
        tokens(NOW.plusSeconds(60), SECRET)
            .issue(List.of(), documents(998, "article", "hello"), "h2");
    String token = issued(documents(727, "article", "hello"));

    assertThat(demanded(HELLO, other)).isEmpty();
    assertThat(demanded(HELLO, later, token)).isEqualTo(xids(727L));
    assertThat(demanded(HELLO, tokens.issue(List.of(later), wholly(728), "h1"))).isEmpty();
  }

  @Test
  void token_expires() {
    String token = issued(documents(727, "article", "hello"));

    assertThat(after(Duration.ofSeconds(179), token)).isPresent();
    assertThat(after(Duration.ofMinutes(3), token)).isEmpty();
  }

  @Test
  void token_livesAsLongAsTheLatest() {
    String late = tokens(NOW.plusSeconds(100), SECRET).issue(List.of(), wholly(1, "tag"), "h1");
    String token = tokens.issue(List.of(late), documents(727, "article", "hello"), "h1");

    assertThat(after(Duration.ofSeconds(279), token)).isEqualTo(xids(727L));
    assertThat(after(Duration.ofSeconds(280), token)).isEmpty();
  }

  private static Optional<Requirement> after(Duration time, String token) {
    return tokens(NOW.plus(time), SECRET).requirement(List.of(token), HELLO, "h1");
  }

  @Test
  void secrets_changeWithoutAGap() {
    String old = issued(documents(727, "article", "hello"));
    Tokens both = tokens(NOW, OTHER, SECRET);
    String fresh = both.issue(List.of(old), documents(730, "article", "hello"), "h1");

    assertThat(both.requirement(List.of(old), HELLO, "h1")).isEqualTo(xids(727L));
    assertThat(tokens(NOW, OTHER).requirement(List.of(fresh), HELLO, "h1"))
        .isEqualTo(xids(727L, 730L));
    assertThat(tokens(NOW, OTHER).requirement(List.of(old), HELLO, "h1")).isEmpty();
  }

  @Test
  void key_isTheOneInKv() {
    InstantSource clock = InstantSource.fixed(NOW);
    Tokens preview = new Tokens(config(SECRET), new Instance("preview"), clock);
    String bare = preview.issue(List.of(), documents(727, "article", "hello"), "h1");
    TreeMap<String, SortedSet<String>> prefixed = new TreeMap<>();
    prefixed.put("article", new TreeSet<>(List.of("preview.article:hello")));

    assertThat(preview.requirement(List.of(bare), HELLO, "h1")).isEqualTo(xids(727L));
    assertThat(preview.issue(List.of(), new Touched(727, prefixed, new TreeSet<>()), "h1"))
        .isEqualTo(bare);
    assertThat(
            new TokenCodec(new Secrets(List.of(SECRET)), clock)
                .read(bare)
                .orElseThrow()
                .requirement("article", Payload.id("preview.article:hello")))
        .isEqualTo(xids(727L));
    assertThat(demanded(HELLO, bare)).isEmpty();
  }

  @Test
  void issue_ofManyDocuments_demandsTheirModel() {
    String[] values = IntStream.range(0, 1_000).mapToObj(i -> "d" + i).toArray(String[]::new);

    String token = issued(documents(727, "article", values));

    assertThat(token.length()).isLessThan(200);
    assertThat(demanded(key("article", "other"), token)).isEqualTo(xids(727L));
  }

  @Test
  void issue_againAndAgain_staysSmallAndForgetsNothing() {
    String token = issued(documents(1, "article", "d1"));
    for (int xid = 2; xid <= 500; xid++) {
      String model = "m" + xid % 60;
      token = tokens.issue(List.of(token), documents(xid, model, "d" + xid), "h1");
      assertThat(token.length()).isLessThanOrEqualTo(4_096);
    }
    for (int xid = 2; xid <= 500; xid++) {
      Requirement demand = demanded(key("m" + xid % 60, "d" + xid), token).orElseThrow();
      assertThat(demand.isMetBy(Snapshot.parse(xid + ":501:" + xid))).isFalse();
      assertThat(demand.isMetBy(Snapshot.parse("501:501:"))).isTrue();
    }
  }

  @Test
  void text_thatWasChangedOrCut_demandsNothing() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String token = issued(documents(727, "article", "hello"));
    for (int i = 0; i < token.length(); i++) {
      char other = (char) random.nextInt(1, 0x300);
      StringBuilder changed = new StringBuilder(token);
      changed.setCharAt(i, other == token.charAt(i) ? '!' : other);
      assertThat(demanded(HELLO, token.substring(0, i))).as("cut at %d", i).isEmpty();
      assertThat(demanded(HELLO, token.substring(i + 1))).as("without %d", i).isEmpty();
      // A comma parts two texts, a space around one is none of it.
      assertThat(demanded(HELLO, changed.toString())).as("seed %d: %s", seed, changed).isEmpty();
    }
  }

  @Test
  void text_ofAnyKind_isIgnored() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String token = issued(documents(727, "article", "hello"));
    for (int i = 0; i < 2_000; i++) {
      String noise =
          random
              .ints(random.nextInt(300), 0, 0x10000)
              .mapToObj(Character::toString)
              .filter(text -> !text.equals(","))
              .collect(Collectors.joining());
      assertThat(demanded(HELLO, noise, "1." + noise + "." + noise, token))
          .as("seed %d: %s", seed, noise)
          .isEqualTo(xids(727L));
    }
    assertThat(demanded(HELLO, ",".repeat(16_000), "x".repeat(100_000), token))
        .isEqualTo(xids(727L));
  }

  @Test
  void toString_holdsNoSecret() {
    assertThat(config(SECRET, OTHER).toString()).doesNotContain(SECRET, OTHER).contains("***");
  }

  @Test
  void secret_thatIsShort_isRefusedUnseen() {
    String weak = "not-32-characters";

    assertThatThrownBy(() -> config(SECRET, weak))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("17 characters")
        .hasMessageNotContaining(weak);
    assertThatThrownBy(() -> config()).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> config(SECRET, OTHER, SECRET))
        .hasMessageContaining("3 secrets")
        .hasMessageNotContaining(SECRET);
  }

  @Test
  void config_ranges() {
    List<String> secrets = List.of(SECRET);

    assertThat(TokenConfig.LIFE).isEqualTo(Duration.ofMinutes(3));
    assertThat(config(SECRET).afterwards()).isEqualTo(Duration.ofMillis(250));
    for (Duration life :
        List.of(Duration.ZERO, Duration.ofMillis(1_500), Duration.ofSeconds(3_601))) {
      assertThatThrownBy(() -> new TokenConfig(secrets, life, false, null))
          .hasMessageContaining("1 s to 1 h");
    }
    for (String domain : List.of("", "example.com; Path=/x", "Example.com", ".example.com", "a")) {
      assertThatThrownBy(() -> new TokenConfig(secrets, TokenConfig.LIFE, true, domain))
          .hasMessageContaining("domain");
    }
    assertThat(new TokenConfig(secrets, Duration.ofHours(1), true, "news.example.com"))
        .isEqualTo(new TokenConfig(secrets, Duration.ofMinutes(60), true, "news.example.com"));
  }

  @Test
  void touched_whatCannotBe() {
    assertThatThrownBy(() -> wholly(0, "article")).hasMessageContaining("xid 0");
    assertThatThrownBy(() -> wholly(Long.MAX_VALUE)).hasMessageContaining("xid");
    assertThatThrownBy(() -> wholly(1, "Article")).hasMessageContaining("'Article'");
    assertThatThrownBy(() -> documents(1, "*", "hello")).hasMessageContaining("'*'");
    assertThat(documents(1, "article").isEmpty()).isTrue();
  }

  @Test
  void again_alone_isTheSameToken() {
    String token = issued(documents(7, "article", "hello"));
    assertThat(tokens.again(token, List.of())).contains(token);
  }

  @Test
  void again_expiredOrForged_isNone() {
    String token = issued(documents(7, "article", "hello"));
    assertThat(tokens(NOW.plusSeconds(181), SECRET).again(token, List.of(token))).isEmpty();
    assertThat(tokens(NOW, OTHER).again(token, List.of())).isEmpty();
  }
}
