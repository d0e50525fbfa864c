package dev.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeyTemplateTest {

  record Golden(String model, String template, List<String> values, String kvKey) {}

  static List<Golden> golden() {
    return GoldenFile.read("keys.json", new TypeReference<List<Golden>>() {});
  }

  @ParameterizedTest
  @MethodSource("golden")
  void key_goldenFile(Golden row) {
    KeyTemplate template =
        row.template.isEmpty() ? KeyTemplate.SINGLETON : KeyTemplate.parse(row.template);

    assertThat(template.key(row.model, row.values))
        .isEqualTo(new DocumentKey(row.model, row.values, row.kvKey));
    assertThat(template.match(row.model, row.kvKey))
        .contains(new DocumentKey(row.model, row.values, row.kvKey));
  }

  @ParameterizedTest
  @CsvSource({
    "note:a/b", // of a template with one column
    "note:%2f", // lower case
    "note:%41", // what need not be encoded
    "note:%C3", // not UTF-8
    "note:%ZZ",
    "note:a+b",
    "tag:a",
    "note"
  })
  void match_whatNoDocumentCanHave_isEmpty(String kvKey) {
    assertThat(KeyTemplate.parse("{slug}").match("note", kvKey)).isEmpty();
  }

  @Test
  void key_differentValuesNeverMeet() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    KeyTemplate template = KeyTemplate.parse("p-{a}x/y{b},{c}.json");
    Map<String, List<String>> seen = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      List<String> values = List.of(word(random), word(random), word(random));
      DocumentKey key = template.key("m", values);
      assertThat(template.match("m", key.kvKey())).as("seed %d", seed).contains(key);
      List<String> other = seen.put(key.kvKey(), values);
      assertThat(other == null || other.equals(values))
          .as("seed %d: %s and %s share a key", seed, values, other)
          .isTrue();
    }
  }

  private static String word(Random random) {
    String alphabet = "xy/,.%2Fj";
    StringBuilder word = new StringBuilder();
    for (int length = random.nextInt(5); length > 0; length--) {
      word.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return word.toString();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "article        | names no column",
        "{a}{b}         | between two columns",
        "{a}-{b}        | between two columns",
        "{a}/{a}        | names a column twice",
        "{a             | names no column",
        "{a}/{b         | holds '/{b'",
        "{a}^           | holds '^'",
        "100%{a}        | holds '100%'",
        "ü/{a}          | holds 'ü/'",
        "a b/{a}        | holds 'a b/'",
      })
  void parse_badTemplate(String template, String message) {
    assertThatThrownBy(() -> KeyTemplate.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void parse_tooLong() {
    assertThatThrownBy(() -> KeyTemplate.parse("{a}" + "x".repeat(198)))
        .hasMessageContaining("200 characters");
  }

  @Test
  void key_wrongNumberOfValues() {
    assertThatThrownBy(() -> KeyTemplate.parse("{a}").key("m", List.of("1", "2")))
        .hasMessage("the key of m has 1 values, not 2");
  }

  @Test
  void key_loneSurrogate() {
    assertThatThrownBy(() -> KeyTemplate.parse("{a}").key("m", List.of("\uD83E")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
