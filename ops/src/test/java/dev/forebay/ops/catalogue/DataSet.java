package dev.forebay.ops.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/**
 * A catalogue of music with its read models.
 *
 * @param name of its folder among the resources, and of its database
 * @param cascades whether its foreign keys carry updates and deletes on
 */
@NullMarked
record DataSet(String name, boolean cascades) {

  private static final Path CHINOOK_SQL = Path.of("..", "..", "shared", "data", "chinook.sql");

  /** Our own catalogue, and Chinook where it lies beside the checkout. */
  static List<DataSet> found() {
    List<DataSet> found = new ArrayList<>();
    found.add(new DataSet("own", true));
    if (Files.exists(CHINOOK_SQL)) {
      found.add(new DataSet("chinook", false));
    } else {
      System.out.println(
          "CatalogueIT: " + CHINOOK_SQL + " is not there; only our own catalogue is tested");
    }
    return found;
  }

  /** Whether it has customers and invoices as well. */
  boolean hasSales() {
    return name.equals("chinook");
  }

  /** Creates and fills the tables. */
  void load(Connection connection, Random random) throws SQLException, IOException {
    try (Statement statement = connection.createStatement()) {
      if (name.equals("chinook")) {
        statement.execute(Files.readString(CHINOOK_SQL));
        statement.execute(resource("replica-identity.sql"));
      } else {
        statement.execute(resource("schema.sql"));
        new OwnCatalogue(connection, random).insert();
      }
      statement.execute("analyze");
    }
  }

  /** SQL for model, key values and document of all there must be. */
  String expectedSql() throws IOException {
    return resource("expected.sql");
  }

  Path models() {
    try {
      return Path.of(
          Objects.requireNonNull(DataSet.class.getResource(path("forebay.yaml"))).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private String resource(String file) throws IOException {
    try (InputStream in = DataSet.class.getResourceAsStream(path(file))) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String path(String file) {
    return "/catalogue/" + name + "/" + file;
  }

  @Override
  public String toString() {
    return name;
  }
}
