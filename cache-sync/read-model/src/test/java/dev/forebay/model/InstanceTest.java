package dev.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceTest {

  @ParameterizedTest(name = "{1} of {0} is {2}")
  @CsvSource({
    "forebay, note:a, note:a",
    "forebay, forebay.note:a, forebay.note:a",
    "preview, preview.note:a, note:a",
    "preview, note:a, note:a"
  })
  void unprefixed_withOrWithoutThePrefix(String instance, String key, String expected) {
    assertThat(new Instance(instance).unprefixed(key)).isEqualTo(expected);
  }
}
