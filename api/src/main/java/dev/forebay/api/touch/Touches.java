package dev.forebay.api.touch;

import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.touch.image.TableImages;
import dev.forebay.model.Instance;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.ReadModels;
import dev.forebay.model.TableName;
import dev.forebay.model.Verb;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** How the documents that writes touch are found. Immutable and safe for any thread. */
public final class Touches {

  private static final String MAY_LOCK =
      "select has_any_column_privilege(to_regclass(?)::oid, 'update'), quote_ident(current_user)";

  private final ReadModels models;
  private final Instance instance;
  private final TableImages images;
  private final List<TableName> tables;
  private final Looks looks;
  private final Duration mostTime;
  private final Duration afterwards;

  private Touches(
      ReadModels models,
      Instance instance,
      TableImages images,
      Duration mostTime,
      Duration afterwards) {
    this.models = models;
    this.instance = instance;
    this.images = images;
    this.tables = List.copyOf(models.tables());
    this.looks = new Looks(instance, tables, images);
    this.mostTime = mostTime;
    this.afterwards = afterwards;
  }

  /**
   * Reads what has to be known of the tables.
   *
   * @param dataSource of the API's own role, which reads every row that matters
   * @param resources whose rows may be written
   * @param mostTime that looking for documents may take, all looks of one write together; beyond it
   *     the models count as touched wholly
   * @param afterwards the same for the look after the COMMIT
   * @throws InvalidSetupException if the role cannot lock rows that resources change
   */
  public static Touches read(
      DataSource dataSource,
      ReadModels models,
      List<ResourceTable> resources,
      Instance instance,
      Duration mostTime,
      Duration afterwards)
      throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("set local search_path = pg_catalog");
        checkLocks(connection, models, resources);
      } finally {
        connection.rollback();
      }
    }
    TableImages images = TableImages.read(dataSource, models);
    return new Touches(models, instance, images, mostTime, afterwards);
  }

  private static void checkLocks(
      Connection connection, ReadModels models, List<ResourceTable> resources) throws SQLException {
    List<Problem> problems = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(MAY_LOCK)) {
      for (ResourceTable resource : resources) {
        if (!models.tables().contains(resource.name()) || onlyGrows(resource)) {
          continue;
        }
        statement.setString(1, resource.name().sql());
        try (ResultSet row = statement.executeQuery()) {
          if (row.next() && !row.getBoolean(1)) {
            problems.add(problem(resource, row.getString(2)));
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidSetupException(problems);
    }
  }

  private static boolean onlyGrows(ResourceTable resource) {
    return resource.resource().rolesFor(Verb.UPDATE).isEmpty()
        && resource.resource().rolesFor(Verb.DELETE).isEmpty();
  }

  private static Problem problem(ResourceTable resource, String role) {
    String key = TableName.quote(resource.key().getFirst().name());
    return new Problem(
        "resource " + resource.resource().name(),
        "rows of " + resource.name() + " cannot be locked by role " + role + ".",
        "Tokens name what a row was before its change: GRANT UPDATE (%s) ON %s TO %s;"
            .formatted(key, resource.name().sql(), role));
  }

  /**
   * Watches one transaction.
   *
   * @param blind whether to look at no rows: everything that reads a changed table is touched. For
   *     another attempt after a {@link TouchFailedException}
   */
  public Touch begin(boolean blind) {
    return new RowTouch(this, blind);
  }

  ReadModels models() {
    return models;
  }

  String keyPrefix() {
    return instance.keyPrefix();
  }

  List<TableName> tables() {
    return tables;
  }

  TableImages images() {
    return images;
  }

  Looks looks() {
    return looks;
  }

  Duration mostTime() {
    return mostTime;
  }

  Duration afterwards() {
    return afterwards;
  }
}
