package dev.forebay.ops.plan.show;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  @Test
  void lines_keepOrderAndEveryDigit() {
    assertThat(
            JsonLines.of(
                "{\"b\": 1.50, \"a\": [12345678901234567890.12, null], \"e\": [], \"o\": {}}"))
        .isEqualTo(
            List.of(
                "{",
                "  \"b\": 1.50,",
                "  \"a\": [",
                "    12345678901234567890.12,",
                "    null",
                "  ],",
                "  \"e\": [],",
                "  \"o\": {}",
                "}"));
  }

  @Test
  void lines_whatPlaysWithATerminal_isWrittenOut() {
    assertThat(JsonLines.of("\"a\u009b31m\u202eb\u2028c\""))
        .containsExactly("\"a\\u009b31m\\u202eb\\u2028c\"");
  }
}
