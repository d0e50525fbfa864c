package dev.forebay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forebay.model.DocumentKey;
import dev.forebay.model.Lookup;
import dev.forebay.model.RowChange;
import dev.forebay.model.SnapshotSession;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The one statement finds what routing path by path does. */
class LookupIT {

  private static final RowChange ADA =
      new RowChange(new TableName("public", "author"), Map.of("id", "1", "name", "Ada"), null);

  private static TouchedWorld world;

  @BeforeAll
  static void start() throws Exception {
    world = new TouchedWorld();
    world.reset();
  }

  @AfterAll
  static void stop() throws Exception {
    world.close();
  }

  private static List<String> asked(Connection connection, Lookup lookup) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(lookup.sql())) {
      lookup.bind(statement, 1);
      try (ResultSet rows = statement.executeQuery()) {
        lookup.read(rows, key -> found.add(key.kvKey()));
      }
    }
    return found;
  }

  @Test
  void lookup_findsWhatRoutingFinds() throws Exception {
    try (SnapshotSession session = SnapshotSession.open(world.pool)) {
      Lookup lookup = world.models.lookup(List.of(ADA), 32);
      assertThat(lookup.known()).extracting(DocumentKey::kvKey).containsExactly("author:1");
      assertThat(lookup.asked()).containsExactly("article");
      assertThat(asked(session.connection(), lookup))
          .containsExactlyInAnyOrder("article:one", "article:two");
      assertThat(world.models.affected(session.connection(), List.of(ADA)))
          .extracting(one -> one.key().kvKey())
          .containsExactlyInAnyOrder("author:1", "article:one", "article:two");
    }
  }

  /** So that it shows where a path leads to more than are wanted. */
  @Test
  void lookup_findsOneMoreThanIsAsked() throws Exception {
    try (SnapshotSession session = SnapshotSession.open(world.pool)) {
      assertThat(asked(session.connection(), world.models.lookup(List.of(ADA), 1))).hasSize(2);
      assertThat(asked(session.connection(), world.models.lookup(List.of(ADA), 0))).hasSize(1);
    }
  }
}
