package dev.forebay.ops.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.api.auth.KeyEntry;
import dev.forebay.api.auth.KeyEntry.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApiKeyReportTest {

  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00.123Z");

  private static final List<KeyEntry> KEYS =
      List.of(
          new KeyEntry(
              "aaaaaaaaaa",
              "ci",
              List.of("author", "editor"),
              NOON,
              NOON.plusSeconds(3600),
              null,
              NOON.plusSeconds(60),
              State.LIVE),
          new KeyEntry("bbbbbbbbbb", "old", List.of(), NOON, null, NOON, null, State.REVOKED));

  @Test
  void table_hasALineForEach() {
    assertThat(ApiKeyReport.table(KEYS).lines().map(line -> line.strip().split(" {2,}", -1)))
        .containsExactly(
            new String[] {"ID", "NAME", "ROLES", "STATE", "CREATED", "EXPIRES", "LAST USED"},
            new String[] {
              "aaaaaaaaaa",
              "ci",
              "author,editor",
              "live",
              "2026-11-26T12:00:00Z",
              "2026-11-26T13:00:00Z",
              "2026-11-26T12:01:00Z"
            },
            new String[] {"bbbbbbbbbb", "old", "-", "revoked", "2026-11-26T12:00:00Z", "-", "-"});
  }

  @Test
  void json_hasAnObjectForEach() throws Exception {
    JsonNode json = new ObjectMapper().readTree(ApiKeyReport.json(KEYS));

    assertThat(json).hasSize(2);
    assertThat(json.get(0).toString())
        .isEqualTo(
            "{\"id\":\"aaaaaaaaaa\",\"name\":\"ci\",\"roles\":[\"author\",\"editor\"],"
                + "\"state\":\"live\",\"created\":\"2026-11-26T12:00:00.123Z\","
                + "\"expires\":\"2026-11-26T13:00:00.123Z\",\"revoked\":null,"
                + "\"lastUsed\":\"2026-11-26T12:01:00.123Z\"}");
  }
}
