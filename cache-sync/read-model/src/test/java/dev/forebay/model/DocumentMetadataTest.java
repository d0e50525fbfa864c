package dev.forebay.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentMetadataTest {

  private static final String HASH = "0123456789abcdef".repeat(4);

  record Golden(String snapshot, String hash, String committed, String history, String json) {
    DocumentMetadata metadata() {
      return new DocumentMetadata(
          Snapshot.parse(snapshot), hash, Instant.parse(committed), history);
    }
  }

  static List<Golden> golden() {
    return GoldenFile.read("metadata.json", new TypeReference<List<Golden>>() {});
  }

  @ParameterizedTest
  @MethodSource("golden")
  void toJson_goldenFile(Golden row) {
    assertThat(row.metadata().toJson()).isEqualTo(row.json);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void parse_goldenFile(Golden row) {
    assertThat(DocumentMetadata.parse(row.json)).isEqualTo(row.metadata());
  }

  @Test
  void toJson_longSnapshot_isShortened() {
    String running =
        LongStream.range(0, 200)
            .mapToObj(i -> Long.toString(12884902610L + i))
            .collect(Collectors.joining(","));
    Snapshot snapshot = Snapshot.parse("12884902610:12884903000:" + running);
    DocumentMetadata metadata = new DocumentMetadata(snapshot, HASH, Instant.EPOCH, "h");

    String json = metadata.toJson();

    assertThat(json.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(DocumentMetadata.MAX_BYTES);
    assertThat(DocumentMetadata.parse(json).snapshot()).isEqualTo(snapshot.shortened());
    assertThat(json).endsWith("\"xmax\":\"" + snapshot.xmax() + "\"}");
  }

  @Test
  void toJson_longestHistory_fits() {
    Snapshot snapshot = widest().shortened();
    String json = new DocumentMetadata(snapshot, HASH, Instant.EPOCH, "\0".repeat(100)).toJson();

    assertThat(json.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(DocumentMetadata.MAX_BYTES);
  }

  private static Snapshot widest() {
    return Snapshot.parse("9223372036854775806:9223372036854775807:9223372036854775806");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"snapshot\":1}",
        "{\"snapshot\":\"1:1:\",\"hash\":\"AB\",\"committed\":\"2026-01-01T00:00:00Z\",\"history\":\"\"}",
        "{\"snapshot\":\"1:x:\",\"hash\":\"\",\"committed\":\"\",\"history\":\"\"}",
        "not json"
      })
  void parse_somethingElse(String json) {
    assertThatThrownBy(() -> DocumentMetadata.parse(json))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
