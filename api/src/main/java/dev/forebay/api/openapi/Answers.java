package dev.forebay.api.openapi;

import dev.forebay.api.openapi.schema.Problems;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.List;

/** Bodies and answers, and which problems an operation may end in. */
final class Answers {

  private static final String JSON = "application/json";
  private static final String PROBLEM_JSON = "application/problem+json";
  private static final int UNAUTHORISED = 401;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final List<Integer> ANY = List.of(400, 401, 403, 414, 429, 431, 500, 503);
  private static final List<Integer> ANY_WRITE = List.of(409, 413, 415, 422);
  private static final List<Integer> ONE_ROW = List.of(404, 412, 428);

  private Answers() {}

  /** Declares one answer for each status that problems have. */
  static void addTo(Components components) {
    Problems.statuses().forEach(status -> components.addResponses(name(status), problem(status)));
  }

  /** What a list may be refused with. */
  static ApiResponses reading() {
    return problems(List.of(ANY));
  }

  /** What a request for one row may be refused with. */
  static ApiResponses readingOne() {
    return problems(List.of(ANY, List.of(404)));
  }

  /** What a write may be refused with. */
  static ApiResponses writing() {
    return problems(List.of(ANY, ANY_WRITE));
  }

  /** What a write of one row that has a URL may be refused with. */
  static ApiResponses writingOne() {
    return problems(List.of(ANY, ANY_WRITE, ONE_ROW));
  }

  /** An answer with JSON. */
  static ApiResponse json(String description, Schema<Object> schema, String... headers) {
    ApiResponse response = empty(description, headers);
    return response.content(new Content().addMediaType(JSON, new MediaType().schema(schema)));
  }

  /** An answer without content. */
  static ApiResponse empty(String description, String... headers) {
    ApiResponse response = new ApiResponse().description(description);
    Headers.add(response, Headers.REQUEST_ID);
    Headers.add(response, headers);
    return response;
  }

  /** The answer of a write that was done. */
  static ApiResponse written(ApiResponse response) {
    Headers.add(response, Headers.TOKEN, Headers.DOCUMENTS, Headers.MODELS, Headers.WAIT);
    return response;
  }

  /** A body that must be there. */
  static RequestBody body(Schema<Object> schema, String... mediaTypes) {
    Content content = new Content();
    for (String mediaType : mediaTypes) {
      content.addMediaType(mediaType, new MediaType().schema(schema));
    }
    return new RequestBody().required(true).content(content);
  }

  private static ApiResponse problem(int status) {
    MediaType body = new MediaType().schema(Problems.ofStatus(status));
    ApiResponse response =
        empty(Problems.titles(status)).content(new Content().addMediaType(PROBLEM_JSON, body));
    if (status == UNAUTHORISED) {
      Headers.add(response, Headers.CHALLENGE);
    }
    if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
      Headers.add(response, Headers.RETRY_AFTER);
    }
    return response;
  }

  private static String name(int status) {
    return "problem-" + status;
  }

  private static ApiResponses problems(List<List<Integer>> statuses) {
    ApiResponses responses = new ApiResponses();
    statuses.stream()
        .flatMap(List::stream)
        .sorted()
        .filter(Problems::has)
        .forEach(status ->
            responses.addApiResponse(
                Integer.toString(status),
                new ApiResponse().$ref("#/components/responses/" + name(status))));
    return responses;
  }
}
