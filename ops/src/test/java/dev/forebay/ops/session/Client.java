package dev.forebay.ops.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.ops.session.Event.Mark;
import dev.forebay.ops.session.Event.Read;
import dev.forebay.ops.session.Event.Wrote;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The HTTP of one session: it writes and reads, and notes what it was told. For one thread. */
final class Client {

  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SessionWorld world;
  private final Tally tally;
  private final Purse purse;
  private final String address;
  private final List<Event> events = new ArrayList<>();
  private final Map<String, HttpResponse<String>> kept = new HashMap<>();

  Client(SessionWorld world, Tally tally, int id, Random random) {
    this.world = world;
    this.tally = tally;
    this.purse = new Purse(random.nextBoolean());
    tally.count(purse.hasCookies() ? "client with cookies" : "client with headers");
    this.address = "10.%d.%d.%d".formatted(id >> 16 & 255, id >> 8 & 255, id & 255);
  }

  /** In the order in which what they are about was asked. */
  List<Event> events() {
    return events;
  }

  /**
   * A write's reply, if it was accepted.
   *
   * @param documents their keys, without the instance's prefix
   */
  record Written(JsonNode body, List<String> documents, Instant at, long expires) {}

  /**
   * Writes through the API.
   *
   * @param json null for none
   * @return null if it was refused, as a row may be gone
   */
  @Nullable Written write(String method, String path, @Nullable String json)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(world.api().resolve(path))
            .timeout(PATIENCE)
            .header("Authorization", "Bearer " + world.apiKey)
            .header("Content-Type", "application/json")
            .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    purse.carry(request);
    HttpResponse<String> reply = world.http.send(request.build(), BodyHandlers.ofString());
    tally.count("write " + method + " " + reply.statusCode());
    if (reply.statusCode() >= 300) {
      return null;
    }
    long expires = purse.keepOfWrite(reply.headers());
    Matcher quoted = QUOTED.matcher(reply.headers().firstValue("Forebay-Documents").orElse(""));
    return new Written(
        reply.body().isEmpty() ? Replies.parse("{}") : Replies.parse(reply.body()),
        quoted.results().map(found -> SessionWorld.unprefixed(found.group(1))).toList(),
        Instant.now(),
        expires);
  }

  void note(Wrote wrote) {
    events.add(wrote);
  }

  /** A row as a write's reply shows it. */
  static Mark mark(String table, JsonNode row) {
    int version = row.path("v").asInt();
    return table.equals("article_tag")
        ? new Mark("link " + version, version)
        : new Mark(table + " " + row.path("id").asInt(), version);
  }

  /** Reads a document at a location, and waits for it. */
  void read(String document, int location, boolean again) {
    beginRead(document, location, again, false).run();
  }

  /**
   * Begins to read a document. What is demanded of the reply is what is known now.
   *
   * @param again whether it says which version it has, if it has one, as browsers do
   * @param beside whether the next write begins and ends before the reply is waited for
   * @return waits for the reply and takes it
   */
  Runnable beginRead(String document, int location, boolean again, boolean beside) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(page(document, location))
            .timeout(PATIENCE)
            .header("CF-Connecting-IP", address);
    purse.carry(request);
    HttpResponse<String> old = again ? kept.get(document) : null;
    if (old != null) {
      old.headers().firstValue("ETag").ifPresent(tag -> request.header("If-None-Match", tag));
    }
    CompletableFuture<HttpResponse<String>> reply =
        world.http.sendAsync(request.build(), BodyHandlers.ofString());
    int place = events.size();
    return () -> take(document, location, old, reply.join(), beside, place);
  }

  private URI page(String document, int location) {
    return world.workerd.site(location).resolve(path(document));
  }

  /** The JSON route of a document. */
  static String path(String document) {
    return document.equals("front_page:")
        ? "/api/front-page"
        : "/api/" + document.replace(':', '/');
  }

  private void take(
      String document,
      int location,
      @Nullable HttpResponse<String> old,
      HttpResponse<String> reply,
      boolean beside,
      int place) {
    Instant now = Instant.now();
    long expires = purse.keepOfRead(reply.headers());
    String freshness = reply.headers().firstValue("Forebay-Freshness").orElse("none");
    tally.count("read " + freshness);
    tally.count("status " + reply.statusCode());
    HttpResponse<String> shown = reply.statusCode() == 304 && old != null ? old : reply;
    boolean found = shown.statusCode() == 200;
    if (found) {
      kept.put(document, shown);
    }
    String model = document.substring(0, document.indexOf(':'));
    events.add(
        place,
        new Read(
            document,
            freshness,
            beside,
            found,
            found ? Replies.shown(model, shown.body()) : Map.of(),
            now,
            expires,
            "%d at %d, snapshot %s"
                .formatted(
                    reply.statusCode(),
                    location,
                    reply.headers().firstValue("Forebay-Snapshot").orElse("none"))));
  }
}
