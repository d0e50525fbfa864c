package dev.forebay.ops.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;

/** Asks an admin port. For one thread; blocks for at most a few seconds. */
public final class AdminClient implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final URI base;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param base for example {@code http://127.0.0.1:8081}
   */
  public AdminClient(URI base) {
    this(base, TIMEOUT);
  }

  /**
   * @param timeout for connecting, and for the answer
   */
  public AdminClient(URI base, Duration timeout) {
    this.base = base;
    this.timeout = timeout;
    this.http = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  /**
   * Returns the body of {@code /status} as the process wrote it.
   *
   * @throws IOException if nothing answers there, or something else does; the message names the
   *     address
   */
  public String statusJson() throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve("/status")).GET());
  }

  /**
   * Asks for one document.
   *
   * @throws IOException as {@link #statusJson} does, also where the process keeps no documents
   */
  public KeyReport explain(String key) throws IOException, InterruptedException {
    String query = URLEncoder.encode(key, UTF_8);
    String body = send(HttpRequest.newBuilder(base.resolve("/explain?key=" + query)).GET());
    return StatusJson.read(body, KeyReport.class);
  }

  /**
   * Asks which documents are dirty.
   *
   * @param kvKeys at most {@link KeyDesk#MOST_KEYS}
   * @throws IOException as {@link #explain} does
   */
  public DirtyReport dirty(Collection<String> kvKeys) throws IOException, InterruptedException {
    String body =
        send(
            HttpRequest.newBuilder(base.resolve("/explain"))
                .POST(HttpRequest.BodyPublishers.ofString(StatusJson.write(kvKeys))));
    return StatusJson.read(body, DirtyReport.class);
  }

  private String send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request = builder.timeout(timeout).build();
    HttpResponse<String> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IOException("nothing answers at " + base, e);
    }
    if (response.statusCode() != 200) {
      throw new IOException(
          base.resolve(request.uri().getPath()) + " answered " + response.statusCode());
    }
    return response.body();
  }

  /** Reads what {@link #statusJson} returned. */
  public static StatusReport parse(String json) throws IOException {
    return StatusJson.read(json);
  }

  @Override
  public void close() {
    http.close();
  }
}
