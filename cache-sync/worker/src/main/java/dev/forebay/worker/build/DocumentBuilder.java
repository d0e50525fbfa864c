package dev.forebay.worker.build;

import dev.forebay.model.ReadModel;
import dev.forebay.model.ReadModels;
import dev.forebay.model.SnapshotSession;
import dev.forebay.worker.dirty.Claim;
import dev.forebay.worker.dirty.DirtyDocuments;
import dev.forebay.worker.dirty.RetryDelay;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;
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

  private final DataSource dataSource;
  private final ReadModels models;
  private final DirtyDocuments dirty;
  private final InstantSource clock;
  private final RetryDelay delay;

  /**
   * @param dataSource the primary
   * @param dirty where claims go back to
   * @param clock the clock of {@code dirty}
   */
  public DocumentBuilder(
      DataSource dataSource,
      ReadModels models,
      DirtyDocuments dirty,
      InstantSource clock,
      RetryDelay delay) {
    this.dataSource = dataSource;
    this.models = models;
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
        built.addAll(build(models.find(model), ofModel));
      } catch (SQLException | RuntimeException e) {
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("model", model)
            .addKeyValue("documents", ofModel.size())
            .log("Build failed; trying again");
        ofModel.forEach(this::giveBack);
      }
    });
    return built;
  }

  private List<Built> build(Optional<ReadModel> model, List<Claim> claims) throws SQLException {
    List<Built> built = new ArrayList<>();
    try (SnapshotSession session = SnapshotSession.open(dataSource)) {
      List<Claim> covered =
          claims.stream().filter(claim -> claim.isCoveredBy(session.snapshot())).toList();
      // A model that the file no longer declares owns no documents.
      Optional<ModelBuild> build = model.map(one -> new ModelBuild(session.connection(), one));
      if (build.isPresent()) {
        build.get().build(covered.stream().map(Claim::key).toList());
      }
      for (Claim claim : covered) {
        built.add(
            new Built(
                claim,
                build.map(one -> one.json(claim.key())).orElse(null),
                build.map(one -> one.fault(claim.key())).orElse(null),
                session.snapshot(),
                session.databaseTime()));
      }
    }
    List<Claim> early = new ArrayList<>(claims);
    early.removeAll(built.stream().map(Built::claim).collect(Collectors.toSet()));
    dirty.retryRest(early, clock.instant().plus(INVISIBLE));
    return built;
  }

  private void giveBack(Claim claim) {
    Instant notBefore = clock.instant().plus(delay.after(claim.attempts() + 1));
    dirty.retryRest(List.of(claim), notBefore);
  }
}
