package dev.forebay.worker.build;

import dev.forebay.model.DocumentKey;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import dev.forebay.worker.source.Content;
import dev.forebay.worker.source.Source;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads dirty documents from PostgreSQL.
 *
 * <p>One statement and one snapshot for each model, so that a model that no longer fits the
 * database holds nobody up but itself. Claims that cannot be built now go back to the dirty
 * documents. One that PostgreSQL can never build comes back with its fault.
 */
public final class DocumentBuilder {

  private static final Logger LOG = LoggerFactory.getLogger(DocumentBuilder.class);
  private static final Duration INVISIBLE = Duration.ofMillis(2);

  private final Source source;
  private final DirtyDocuments dirty;
  private final InstantSource clock;
  private final RetryDelay delay;

  /**
   * @param dirty where claims go back to
   * @param clock the clock of {@code dirty}
   */
  public DocumentBuilder(
      Source source, DirtyDocuments dirty, InstantSource clock, RetryDelay delay) {
    this.source = source;
    this.dirty = dirty;
    this.clock = clock;
    this.delay = delay;
  }

  /**
   * Builds what can be built now.
   *
   * @return in no particular order; the claims that are missing have been given back
   */
  public List<Built> build(Collection<Claim> claims) {
    Map<String, List<Claim>> byModel =
        claims.stream().collect(Collectors.groupingBy(claim -> claim.key().model()));
    List<Built> built = new ArrayList<>();
    byModel.forEach((model, ofModel) -> {
      try {
        built.addAll(build(model, ofModel));
      } catch (SQLException | RuntimeException e) {
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("model", model)
            .addKeyValue("documents", ofModel.size())
            .log("Build failed; trying again");
        ofModel.forEach(claim -> giveBack(claim, reason(e)));
      }
    });
    return built;
  }

  private List<Built> build(String model, List<Claim> claims) throws SQLException {
    List<Built> built = new ArrayList<>();
    try (Source.Session session = source.open()) {
      Map<String, Claim> covered = new LinkedHashMap<>();
      List<Claim> early = new ArrayList<>();
      for (Claim claim : claims) {
        if (claim.isCoveredBy(session.snapshot())) {
          covered.put(claim.key().kvKey(), claim);
        } else {
          early.add(claim);
        }
      }
      dirty.retryRest(early, clock.instant().plus(INVISIBLE));
      List<DocumentKey> keys = covered.values().stream().map(Claim::key).toList();
      for (Content content : keys.isEmpty() ? List.<Content>of() : session.build(model, keys)) {
        Claim claim = Objects.requireNonNull(covered.remove(content.key().kvKey()));
        built.add(new Built(claim, content, session.snapshot(), session.databaseTime()));
      }
      // What was too much for one turn comes with the next.
      dirty.retryRest(covered.values(), clock.instant());
    }
    return built;
  }

  private void giveBack(Claim claim, String reason) {
    Instant notBefore = clock.instant().plus(delay.after(claim.attempts() + 1));
    dirty.retryRest(List.of(claim), notBefore, reason);
  }

  /** PostgreSQL's own message may quote a value of a row. */
  private static String reason(Exception e) {
    String state = e instanceof SQLException s ? s.getSQLState() : null;
    return "the document could not be built: "
        + (state == null ? String.valueOf(e.getMessage()) : "SQLSTATE " + state);
  }
}
