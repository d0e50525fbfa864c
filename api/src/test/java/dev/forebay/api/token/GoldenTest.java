package dev.forebay.api.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.model.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden file, in both directions. */
class GoldenTest {

  private static final Golden.Broken BROKEN = Golden.broken();
  private static final Golden.EdgeBad EDGE_BAD = Golden.edgeBad();

  private static TokenCodec codec(List<String> secrets, long now) {
    return new TokenCodec(new Secrets(secrets), Golden.at(now));
  }

  static List<Golden.Id> ids() {
    return Golden.rows("/ids", new TypeReference<List<Golden.Id>>() {});
  }

  @ParameterizedTest
  @MethodSource("ids")
  void id_goldenFile(Golden.Id row) {
    assertThat(Payload.id(row.key())).isEqualTo(row.id());
  }

  static List<Golden.Content> contents() {
    return Golden.rows("/contents", new TypeReference<List<Golden.Content>>() {});
  }

  @ParameterizedTest
  @MethodSource("contents")
  void content_goldenFile(Golden.Content row) {
    assertThat(Requirement.content(row.hash())).isEqualTo(row.content());
  }

  static List<Golden.Encoded> encoded() {
    return Golden.rows("/encoded", new TypeReference<List<Golden.Encoded>>() {});
  }

  @ParameterizedTest
  @MethodSource("encoded")
  void write_goldenFile(Golden.Encoded row) {
    Payload payload = Golden.payload(row.payload());

    assertThat(PayloadJson.write(payload)).isEqualTo(row.json());
    assertThat(codec(row.secrets(), row.now()).write(payload)).isEqualTo(row.token());
  }

  @ParameterizedTest
  @MethodSource("encoded")
  void read_goldenFile(Golden.Encoded row) {
    assertThat(codec(row.secrets(), row.now()).read(row.token()))
        .contains(Golden.payload(row.payload()));
  }

  static List<Golden.Accepted> accepted() {
    return Golden.rows("/accepted", new TypeReference<List<Golden.Accepted>>() {});
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void read_accepted(Golden.Accepted row) {
    assertThat(codec(row.secrets(), row.now()).read(row.token()))
        .contains(Golden.payload(row.payload()));
  }

  static List<Golden.Merge> entries() {
    return Golden.rows("/entries", new TypeReference<List<Golden.Merge>>() {});
  }

  @ParameterizedTest
  @MethodSource("entries")
  void merge_entries(Golden.Merge row) {
    Requirement one = Golden.entry(row.one());
    Requirement other = Golden.entry(row.other());

    assertThat(one.merge(other)).isEqualTo(Golden.entry(row.merged()));
    assertThat(other.merge(one)).isEqualTo(Golden.entry(row.merged()));
  }

  static List<Golden.TokenMerge> tokens() {
    return Golden.rows("/tokens", new TypeReference<List<Golden.TokenMerge>>() {});
  }

  @ParameterizedTest
  @MethodSource("tokens")
  void merge_tokens(Golden.TokenMerge row) {
    List<Payload> payloads = row.payloads().stream().map(Golden::payload).toList();

    assertThat(Payload.merge(payloads)).isEqualTo(Golden.payload(row.merged()));
    assertThat(Payload.merge(payloads.reversed())).isEqualTo(Golden.payload(row.merged()));
  }

  static List<Golden.Asked> requirements() {
    return Golden.rows("/requirements", new TypeReference<List<Golden.Asked>>() {});
  }

  @ParameterizedTest
  @MethodSource("requirements")
  void requirement_goldenFile(Golden.Asked row) {
    JsonNode expected = row.requirement();

    assertThat(Golden.payload(row.payload()).requirement(row.model(), Payload.id(row.key())))
        .isEqualTo(
            expected == null || expected.isNull()
                ? Optional.empty()
                : Optional.of(Golden.entry(expected)));
  }

  static List<Golden.Met> met() {
    return Golden.rows("/met", new TypeReference<List<Golden.Met>>() {});
  }

  @ParameterizedTest
  @MethodSource("met")
  void met_goldenFile(Golden.Met row) {
    Requirement requirement = Golden.entry(row.requirement());
    Golden.Version version = row.version();
    boolean bySnapshot =
        version.snapshot() != null && requirement.isMetBy(Snapshot.parse(version.snapshot()));

    // In Java no requirement is made of a token of another history: see TokensTest.
    assertThat(
            row.history().equals(version.history())
                && (bySnapshot || requirement.isMetByContent(version.hash())))
        .isEqualTo(row.met());
  }

  static List<Golden.Bound> bounds() {
    return Golden.rows("/bounds", new TypeReference<List<Golden.Bound>>() {});
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void bound_goldenFile(Golden.Bound row) {
    Payload bounded = Bounds.bound(Golden.payload(row.payload()));

    assertThat(bounded).isEqualTo(Golden.payload(row.bounded()));
    assertThat(PayloadJson.write(bounded)).isEqualTo(row.bounded().toString());
  }

  static List<Golden.Text> broken() {
    return BROKEN.tokens();
  }

  @ParameterizedTest
  @MethodSource("broken")
  void read_broken(Golden.Text row) {
    assertThat(codec(BROKEN.secrets(), BROKEN.now()).read(row.token())).isEmpty();
  }

  @Test
  void read_soundOneBesideTheBroken() {
    assertThat(codec(BROKEN.secrets(), BROKEN.now()).read(BROKEN.sound())).isPresent();
  }

  static List<Golden.EdgeGood> edgeGood() {
    return Golden.rows("/edge/good", new TypeReference<List<Golden.EdgeGood>>() {});
  }

  @ParameterizedTest
  @MethodSource("edgeGood")
  void client_goldenFile(Golden.EdgeGood row) {
    EdgeSignature signature = new EdgeSignature(row.secrets(), Golden.at(row.now()));
    EdgeSignature signer =
        new EdgeSignature(List.of(row.secrets().getLast()), Golden.at(row.now()));

    assertThat(signature.client(row.header(), row.key())).contains(row.client());
    assertThat(signer.sign(Instant.ofEpochSecond(row.expires()), row.client(), row.key()))
        .isEqualTo(row.header());
  }

  static List<Golden.Header> edgeBad() {
    return EDGE_BAD.headers();
  }

  @ParameterizedTest
  @MethodSource("edgeBad")
  void client_bad(Golden.Header row) {
    EdgeSignature signature = new EdgeSignature(EDGE_BAD.secrets(), Golden.at(EDGE_BAD.now()));

    assertThat(signature.client(row.header(), EDGE_BAD.key())).isEmpty();
    assertThat(signature.client(EDGE_BAD.sound(), EDGE_BAD.key())).isPresent();
  }
}
