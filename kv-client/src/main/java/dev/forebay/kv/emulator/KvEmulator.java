package dev.forebay.kv.emulator;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import okio.ByteString;

/**
 * Cloudflare's KV REST API on the loopback interface, and what stands behind the KV bindings of a
 * workerd that says its location (header {@code Forebay-Emulator-Location}). Started when the
 * constructor returns; safe for any thread.
 */
public final class KvEmulator implements AutoCloseable {

  private static final int NO_BODY = -1;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Api api;
  private final Faults faults = new Faults();
  private final AtomicLong requests = new AtomicLong();
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * Starts a server.
   *
   * @throws IOException if the port is taken
   */
  public KvEmulator(EmulatorConfig config) throws IOException {
    this.api = new Api(config);
    this.threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kv-emulator-", 0).factory());
    this.server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), config.port()), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** What stands for {@code https://api.cloudflare.com/client/v4}. */
  public URI apiUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/client/v4");
  }

  /** What a client is configured with. */
  public URI namespacesUrl(String account) {
    return URI.create(apiUrl() + "/accounts/" + account + "/storage/kv/namespaces");
  }

  /** The faults that are to happen. */
  public Faults faults() {
    return faults;
  }

  /** How many requests came, whatever became of them. */
  public long requests() {
    return requests.get();
  }

  /**
   * The data of a namespace.
   *
   * @throws IllegalArgumentException if it does not exist
   */
  public EmulatedNamespace namespace(String account, String id) {
    return api.account(account)
        .flatMap(a -> a.namespaces().stream().filter(ns -> ns.id().equals(id)).findFirst())
        .orElseThrow(() -> new IllegalArgumentException("no namespace " + account + "/" + id));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpRequest request = HttpRequest.read(requests.incrementAndGet(), exchange);
      try {
        EdgeLocation location = Binding.location(api, exchange.getRequestHeaders()).orElse(null);
        if (location != null) {
          Reply reply = Binding.read(location, request);
          send(exchange, reply, reply.body().size());
          return;
        }
        Route route = Route.of(request);
        Fault fault = faults.take(route.operation()).orElse(Fault.latency(Duration.ZERO));
        send(exchange, api.handle(route, request, fault.effect()), fault.answer());
      } catch (ApiError e) {
        send(exchange, Reply.error(e), new Fault.Answer.Normal());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(HttpExchange exchange, Reply reply, Fault.Answer answer)
      throws IOException, InterruptedException {
    switch (answer) {
      case Fault.Answer.Normal normal -> send(exchange, reply, reply.body().size());
      case Fault.Answer.Delayed delayed -> {
        hold(delayed.latency());
        send(exchange, reply, reply.body().size());
      }
      case Fault.Answer.Telling telling -> {
        telling.what().run();
        send(exchange, reply, telling.then());
      }
      case Fault.Answer.Instead instead -> {
        ByteString body = ByteString.encodeUtf8(instead.body());
        send(exchange, new Reply(instead.status(), instead.headers(), body), body.size());
      }
      case Fault.Answer.Silence silence -> hold(Duration.ofHours(1));
      case Fault.Answer.Disconnect disconnect -> {}
      case Fault.Answer.DisconnectMidBody midBody -> send(exchange, reply, reply.body().size() / 2);
      case Fault.Answer.StalledBody stalled -> {
        send(exchange, reply, reply.body().size() / 2);
        hold(Duration.ofHours(1));
      }
    }
  }

  /** Announces the whole body and sends the first bytes of it. */
  private static void send(HttpExchange exchange, Reply reply, int bytes) throws IOException {
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    int length = reply.body().size();
    exchange.sendResponseHeaders(reply.status(), length == 0 ? NO_BODY : length);
    exchange.getResponseBody().write(reply.body().substring(0, bytes).toByteArray());
    exchange.getResponseBody().flush();
  }

  private void hold(Duration time) throws InterruptedException {
    boolean ended = time.isPositive() && closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
    if (ended) {
      throw new InterruptedException("the emulator is closed");
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
