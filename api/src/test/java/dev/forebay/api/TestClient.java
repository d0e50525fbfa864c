package dev.forebay.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

/** Sends requests as an app client would; every call fails after fifteen seconds. */
final class TestClient {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String key;

  TestClient(int port, String key) {
    this.base = "http://127.0.0.1:" + port;
    this.key = key;
  }

  String key() {
    return key;
  }

  Reply get(String path, String... headers) {
    return send(bare("GET", path, headers));
  }

  Reply delete(String path, String... headers) {
    return send(bare("DELETE", path, headers));
  }

  Reply put(String path, String body, String... headers) {
    return send(json("PUT", path, body, headers));
  }

  private HttpRequest.Builder bare(String method, String path, String... headers) {
    return with(request(method, path, BodyPublishers.noBody()), headers);
  }

  Reply post(String path, String body, String... headers) {
    return send(json("POST", path, body, headers));
  }

  Reply patch(String path, String body, String... headers) {
    return send(json("PATCH", path, body, headers));
  }

  HttpRequest.Builder json(String method, String path, String body, String... headers) {
    HttpRequest.Builder request = request(method, path, BodyPublishers.ofString(body));
    request.setHeader("Content-Type", "application/json");
    return with(request, headers);
  }

  private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return request;
  }

  HttpRequest.Builder request(String method, String path, BodyPublisher body) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .timeout(Duration.ofSeconds(15))
        .setHeader("Authorization", "Bearer " + key)
        .method(method, body);
  }

  Reply send(HttpRequest.Builder request) {
    try {
      return new Reply(http.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new AssertionError("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** An answer. */
  record Reply(HttpResponse<String> response) {

    int status() {
      return response.statusCode();
    }

    String body() {
      return response.body();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    JsonNode json() {
      try {
        return MAPPER.readTree(body());
      } catch (IOException e) {
        throw new AssertionError("not JSON: " + body(), e);
      }
    }

    /** The last part of a problem's type, or an empty text. */
    String problem() {
      boolean isProblem = header("Content-Type").equals("application/problem+json");
      return isProblem ? json().path("type").asText().replace("urn:forebay:problem:", "") : "";
    }

    /** Every "pointer detail" of a problem. */
    List<String> errors() {
      return json().path("errors").valueStream().map(TestClient::error).toList();
    }

    @Override
    public String toString() {
      return status() + " " + response.headers().map() + " " + body();
    }
  }

  private static String error(JsonNode error) {
    return error.path("pointer").asText() + " " + error.path("detail").asText();
  }
}
