package dev.forebay.api.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.api.problem.ApiProblem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowUriTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "a/b", "100%", "a b+c", "ü€🎈", "?#[]@!$&'()*,;=", "", "~-._", "%2F"})
  void key_readsWhatPathWrites(String value) {
    String path = RowUri.path("article", List.of(value, "second"));

    assertThat(path).matches("[A-Za-z0-9/%._~-]+");
    assertThat(RowUri.key(path)).containsExactly(value, "second");
  }

  @Test
  void key_lowerCaseHexAndRawCharacters() {
    assertThat(RowUri.key("/v1/article/a%2fb/x+y")).containsExactly("a/b", "x+y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "%zz", "%ff", "%c3%28", "a%"})
  void key_notPercentEncodedUtf8(String segment) {
    assertThatThrownBy(() -> RowUri.key("/v1/article/" + segment)).isInstanceOf(ApiProblem.class);
  }
}
