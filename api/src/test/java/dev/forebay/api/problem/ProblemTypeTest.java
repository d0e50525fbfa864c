package dev.forebay.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProblemTypeTest {

  /** The API's contract: a line may be added here, none may change. */
  @Test
  void uris_andStatusesNeverChange() {
    assertThat(Arrays.stream(ProblemType.values()).map(type -> type.status() + " " + type.uri()))
        .containsExactly(
            "400 urn:forebay:problem:malformed-request",
            "401 urn:forebay:problem:unauthorised",
            "403 urn:forebay:problem:forbidden",
            "404 urn:forebay:problem:not-found",
            "405 urn:forebay:problem:method-not-allowed",
            "409 urn:forebay:problem:unique-violation",
            "409 urn:forebay:problem:still-referenced",
            "409 urn:forebay:problem:conflict",
            "409 urn:forebay:problem:request-in-progress",
            "412 urn:forebay:problem:precondition-failed",
            "413 urn:forebay:problem:content-too-large",
            "414 urn:forebay:problem:uri-too-long",
            "415 urn:forebay:problem:unsupported-media-type",
            "422 urn:forebay:problem:invalid-content",
            "422 urn:forebay:problem:invalid-reference",
            "422 urn:forebay:problem:constraint-violation",
            "422 urn:forebay:problem:idempotency-key-reused",
            "428 urn:forebay:problem:precondition-required",
            "431 urn:forebay:problem:headers-too-large",
            "500 urn:forebay:problem:internal",
            "503 urn:forebay:problem:unavailable",
            "503 urn:forebay:problem:timed-out",
            "503 urn:forebay:problem:contended",
            "503 urn:forebay:problem:read-only",
            "503 urn:forebay:problem:outcome-unknown");
  }
}
