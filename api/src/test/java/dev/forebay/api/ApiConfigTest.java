package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.api.docs.DocsAccess;
import dev.forebay.api.limit.LimitConfig;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiConfigTest {

  @Test
  void defaults() {
    assertThat(ApiConfig.DEFAULT)
        .isEqualTo(
            new ApiConfig(
                "127.0.0.1",
                8080,
                1_048_576,
                64,
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                new LimitConfig(
                    200, 400, 80, 2_000, Duration.ofSeconds(30), Duration.ofSeconds(10), 256),
                Set.of(),
                DocsAccess.WITH_KEY,
                null));
  }

  @Test
  void values_outOfRange() {
    assertThatThrownBy(() -> ApiConfig.DEFAULT.at("127.0.0.1", 65_536))
        .hasMessage("port is 65536; allowed is 0 to 65535");
    assertThatThrownBy(() -> ApiConfig.DEFAULT.withTimeouts(Duration.ZERO, Duration.ofSeconds(1)))
        .hasMessageStartingWith("statementTimeout (ms) is 0");
    assertThatThrownBy(() -> new PoolConfig("jdbc:postgresql:x", "u", "secret", 0, true))
        .hasMessage("size is 0; allowed is 1 to 1000");
  }

  @Test
  void poolConfig_hidesThePassword() {
    assertThat(new PoolConfig("jdbc:postgresql:x", "u", "secret", 4, true).toString())
        .doesNotContain("secret");
  }
}
