package dev.forebay.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.forebay.kv.pace.RetryPolicy;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KvConfigTest {

  private static final URI URL =
      URI.create("https://api.cloudflare.com/client/v4/accounts/ID/storage/kv/namespaces");

  @Test
  void of_hasTheseDefaults() {
    ApiToken token = ApiToken.of("x");
    assertThat(KvConfig.of(URL, "ns", token))
        .isEqualTo(
            new KvConfig(
                URL,
                "ns",
                token,
                Duration.ofSeconds(90),
                10_000,
                100_000_000,
                Duration.ofMinutes(2),
                RetryPolicy.standard(),
                Duration.ofSeconds(1)));
  }

  @Test
  void values_outsideTheirRange_areAllNamed() {
    assertThatThrownBy(() ->
            new KvConfig(
                URI.create("ftp://x"),
                " ",
                ApiToken.none(),
                Duration.ZERO,
                10_001,
                100_000_001,
                Duration.ofSeconds(-1),
                RetryPolicy.never(),
                Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("namespacesUrl: ")
        .hasMessageContaining("namespaceId: ")
        .hasMessageContaining("callTimeout: ")
        .hasMessageContaining("maxPairs: 1 to 10000, not 10001")
        .hasMessageContaining("maxBytes: 1 to 100000000, not 100000001")
        .hasMessageContaining("lateApplyWindow: ")
        .hasMessageContaining("keyFloor: ");
  }
}
