package dev.forebay.api.origin;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.forebay.api.http.Answer;
import dev.forebay.api.http.EntityTags;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.http.Routes;
import dev.forebay.api.limit.ClientNetwork;
import dev.forebay.api.limit.LimitConfig;
import dev.forebay.api.limit.RequestRates;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.token.EdgeSignature;
import dev.forebay.api.token.Tokens;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.Instance;
import dev.forebay.model.ReadModels;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.router.JavalinDefaultRoutingApi;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/documents/{model}/{key}}: a document as the primary has it now. Who asks needs no
 * API key but a signature of the edge, which holds a secret with the API; so the whole of a request
 * can be refused before anything is looked up.
 */
public final class OriginRoutes implements Routes {

  private final ReadModels models;
  private final String prefix;
  private final EdgeSignature edge;
  private final Tokens tokens;
  private final RequestRates rates;
  private final OriginReads reads;
  private final OriginMetrics metrics;

  private OriginRoutes(
      OriginConfig config,
      Instance instance,
      OriginReads reads,
      OriginMetrics metrics,
      InstantSource clock) {
    this.models = config.models();
    this.prefix = instance.keyPrefix();
    this.edge = new EdgeSignature(config.tokens().secrets(), clock);
    this.tokens = new Tokens(config.tokens(), instance, clock);
    this.rates =
        new RequestRates(LimitConfig.DEFAULT.withRate(config.requestsPerSecond(), config.burst()));
    this.reads = reads;
    this.metrics = metrics;
  }

  /**
   * Serves the documents of a database.
   *
   * @param dataSource a pool over the primary whose waits are short; not closed here
   */
  public static OriginRoutes of(
      OriginConfig config, DataSource dataSource, Instance instance, MeterRegistry registry) {
    Ticker ticker = Ticker.systemTicker();
    OriginMetrics metrics = new OriginMetrics(registry);
    Entries entries = new Entries(config.cacheBytes(), ticker);
    metrics.watch(entries);
    OriginReads reads =
        new OriginReads(
            new PrimarySource(dataSource, config.models(), instance, ticker, metrics),
            entries,
            config.loads(),
            config.patience(),
            ticker,
            metrics);
    return new OriginRoutes(config, instance, reads, metrics, InstantSource.system());
  }

  @Override
  public Set<String> provenBelow() {
    return Set.of(DocumentPath.ROOT);
  }

  @Override
  public void register(JavalinDefaultRoutingApi routes) {
    for (String path : DocumentPath.ROUTES) {
      routes.get(path, this::read);
      routes.head(path, this::read);
    }
  }

  private void read(Context context) {
    Optional<DocumentPath> path = DocumentPath.parse(context.req().getRequestURI());
    String kvKey = path.map(DocumentPath::kvKey).orElse("");
    admit(context, prefix + kvKey);
    Version kept = reads.kept(kvKey);
    DocumentKey key =
        kept != null
            ? kept.key()
            : path.flatMap(this::key).orElseThrow(() -> ApiProblem.of(ProblemType.NOT_FOUND));
    answer(context, reads.read(key, CarriedTokens.of(context, tokens, key)));
  }

  /** Proves that the edge asks, and for whom; before anything else is looked at. */
  private void admit(Context context, String kvKey) {
    String header = context.header(EdgeSignature.HEADER);
    Optional<String> client = header == null ? Optional.empty() : edge.client(header, kvKey);
    if (client.isEmpty()) {
      metrics.count(OriginOutcome.REFUSED);
      context.header("WWW-Authenticate", EdgeSignature.HEADER);
      throw ApiProblem.of(ProblemType.UNAUTHORISED, "Only the edge may ask for documents.");
    }
    Duration wait = rates.take(ClientNetwork.of(client.get()));
    if (!wait.isZero()) {
      metrics.count(OriginOutcome.LIMITED);
      // Rounded up: who comes back a moment early is refused again.
      throw ApiProblem.of(ProblemType.TOO_MANY_REQUESTS)
          .retryAfter(wait.plusSeconds(1).minusNanos(1));
    }
  }

  /** Which document that is; empty if there can be none. */
  private Optional<DocumentKey> key(DocumentPath path) {
    if (models.stopped().containsKey(path.model())) {
      throw ApiProblem.of(ProblemType.UNAVAILABLE, "The model does not fit the database now.");
    }
    return models.find(path.model()).flatMap(model -> model.match(path.kvKey()));
  }

  private void answer(Context context, Version version) {
    context
        .header("Forebay-Document", version.key().kvKey())
        .header("Forebay-Snapshot", version.snapshotHeader())
        .header("Forebay-History", version.history())
        .header("Forebay-As-Of", version.asOf());
    byte @Nullable [] json = version.json();
    if (json == null) {
      throw ApiProblem.of(ProblemType.NOT_FOUND);
    }
    context.header("ETag", version.tag());
    if (EntityTags.has(context.header("If-None-Match"), version.tag())) {
      context.status(HttpStatus.NOT_MODIFIED);
      return;
    }
    Answer.send(context, JsonBody.JSON, json);
  }
}
