package dev.forebay.ops.faults.shop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.ops.faults.check.AppliedLog;
import dev.forebay.ops.faults.data.DataSet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Our own data: a shop with rules that hold in every committed state, see {@code schema.sql}. */
public final class Shop implements DataSet {

  /** Stands in rows of transactions that are rolled back, and so must never be in KV. */
  static final String POISON = "POISON";

  /** A transaction that is to stay open for a while; it takes a number. */
  public static final String LONG_TRANSACTION =
      "insert into unrelated (junk) values ('long');"
          + " update employee set name = 'Long %d' where id = (select max(id) from employee)";

  private final String expected = text("expected.sql");

  /** Puts forebay.yaml into the directory. */
  public static Path models(Path directory) throws IOException {
    return Files.writeString(directory.resolve("forebay.yaml"), text("forebay.yaml"));
  }

  /** Makes the tables and fills them. */
  public static void load(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text("schema.sql"));
    }
  }

  private static String text(String name) {
    try (InputStream in = Shop.class.getResourceAsStream("/faults/" + name)) {
      if (in == null) {
        throw new IllegalStateException("faults/" + name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("faults/" + name + " cannot be read", e);
    }
  }

  @Override
  public boolean hasCanaries() {
    return true;
  }

  @Override
  public Edits edits(Connection first, Connection second, Random random) throws SQLException {
    return new ShopEdits(first, second, random);
  }

  @Override
  public Map<String, String> expected(Connection connection) throws SQLException {
    Map<String, String> documents = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(expected)) {
      while (row.next()) {
        documents.put(row.getString(1), row.getString(2));
      }
    }
    return documents;
  }

  @Override
  public AppliedLog.Rules rules() {
    return Shop::fault;
  }

  private static Optional<String> fault(String key, JsonNode document) {
    if (document.toString().contains(POISON)) {
      return Optional.of("it holds what was rolled back");
    }
    String fault =
        switch (key.substring(0, key.indexOf(':'))) {
          case "customer" -> customer(key, document);
          case "purchase" -> purchase(document, document.path("line_sum").asInt());
          case "product" ->
              document.path("tags").asInt() == document.path("labels").size()
                  ? ""
                  : "it has another number of labels than it says";
          default -> "";
        };
    return fault.isEmpty() ? Optional.empty() : Optional.of(fault);
  }

  private static String customer(String key, JsonNode document) {
    if (!key.equals("customer:" + document.path("code").asText())) {
      return "its key is another one's";
    }
    if (document.path("spent").asInt() != document.path("purchase_sum").asInt()) {
      return "spent is not the sum of purchases";
    }
    if (document.path("orders").asInt() != document.path("purchase_count").asInt()) {
      return "orders is not the number of purchases";
    }
    for (JsonNode purchase : document.path("purchases")) {
      String fault = purchase(purchase, purchase.path("total").asInt());
      if (!fault.isEmpty()) {
        return fault;
      }
    }
    return "";
  }

  private static String purchase(JsonNode purchase, int sum) {
    int total = purchase.path("total").asInt();
    int amounts = 0;
    for (JsonNode line : purchase.path("lines")) {
      amounts += line.path("amount").asInt();
      if (!line.path("tx").equals(purchase.path("tx"))) {
        return "a purchase and its items are of different transactions";
      }
    }
    if (total != amounts || total != sum) {
      return "a total is not the sum of its items";
    }
    return purchase.path("items").asInt() == purchase.path("lines").size()
        ? ""
        : "a purchase has another number of items than it says";
  }
}
