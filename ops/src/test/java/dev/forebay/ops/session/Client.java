package dev.forebay.ops.session;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.ops.session.Event.Mark;
import dev.forebay.ops.session.Event.Read;
import dev.forebay.ops.session.Event.Together;
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
import java.util.function.Supplier;
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

  /** In the order in which what they are about was asked. */
  private final List<Event> events = new ArrayList<>();

  private final Map<String, HttpResponse<String>> kept = new HashMap<>();

  Client(SessionWorld world, Tally tally, int id, Random random) {
    this.world = world;
    this.tally = tally;
    this.purse = new Purse(random.nextBoolean());
    tally.count(purse.hasCookies() ? "client with cookies" : "client with headers");
    this.address = "10.%d.%d.%d".formatted(id >> 16 & 255, id >> 8 & 255, id & 255);
  }

  /** What it was told, and the name for people. */
  List<String> lies(Truth truth, String session) {
    return Judge.lies(truth, session, purse.hasCookies(), events);
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

  /**
   * Reads a document at a location, and waits for it.
   *
   * @param again whether it says which version it has, if it has one, as browsers do
   */
  void read(String document, int location, boolean again) {
    events.add(begin(document, location, again, false).get());
  }

  /**
   * Begins to read a document; the next write begins and ends before the reply is waited for. What
   * is demanded of the reply is what is known now.
   *
   * @return waits for the reply and takes it
   */
  Runnable readBesideWrite(String document, int location) {
    Supplier<Read> reply = begin(document, location, false, true);
    int place = events.size();
    return () -> events.add(place, reply.get());
  }

  /** Reads two documents at the same time, each at a location: neither knows of the other. */
  void readTogether(String first, int here, String last, int there) {
    Supplier<Read> one = begin(first, here, false, false);
    Supplier<Read> other = begin(last, there, false, false);
    events.add(new Together(one.get(), other.get()));
  }

  /**
   * What is asked for.
   *
   * @param beside as the event will say it
   * @param old the reply whose version the request names, if any
   * @param carried tokens of the request
   */
  private record Asked(
      String document,
      int location,
      boolean beside,
      @Nullable HttpResponse<String> old,
      List<String> carried) {}

  private Supplier<Read> begin(String document, int location, boolean again, boolean beside) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(page(document, location))
            .timeout(PATIENCE)
            .header("CF-Connecting-IP", address);
    List<String> carried = purse.carry(request);
    HttpResponse<String> old = again ? kept.get(document) : null;
    if (old != null) {
      old.headers().firstValue("ETag").ifPresent(tag -> request.header("If-None-Match", tag));
    }
    CompletableFuture<HttpResponse<String>> reply =
        world.http.sendAsync(request.build(), BodyHandlers.ofString());
    Asked asked = new Asked(document, location, beside, old, carried);
    return () -> take(asked, reply.join());
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

  private Read take(Asked asked, HttpResponse<String> reply) {
    Instant now = Instant.now();
    long expires = purse.keepOfRead(reply.headers(), asked.carried());
    String freshness = reply.headers().firstValue("Forebay-Freshness").orElse("none");
    tally.count("read " + freshness);
    tally.count("status " + reply.statusCode());
    HttpResponse<String> old = asked.old();
    HttpResponse<String> shown = reply.statusCode() == 304 && old != null ? old : reply;
    boolean found = shown.statusCode() == 200;
    String document = asked.document();
    if (found) {
      kept.put(document, shown);
    }
    String model = document.substring(0, document.indexOf(':'));
    return new Read(
        document,
        freshness,
        asked.beside(),
        found,
        found ? Replies.shown(model, shown.body()) : Map.of(),
        now,
        expires,
        "%d at %d, snapshot %s"
            .formatted(
                reply.statusCode(),
                asked.location(),
                reply.headers().firstValue("Forebay-Snapshot").orElse("none")));
  }
}
