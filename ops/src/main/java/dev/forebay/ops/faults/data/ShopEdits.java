package dev.forebay.ops.faults.data;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Everything that applications do to a database, in small. Whoever changes something below a
 * customer locks the customer first and puts the sums right before the commit.
 */
final class ShopEdits implements DataSet.Edits {

  private static final int BATCH = 300;
  private static final int LARGE = 8_000;

  private final Connection first;
  private final Connection second;
  private final Random random;

  ShopEdits(Connection first, Connection second, Random random) throws SQLException {
    this.first = first;
    this.second = second;
    this.random = random;
    first.setAutoCommit(false);
    second.setAutoCommit(false);
  }

  @Override
  public boolean make() throws SQLException {
    try {
      boolean committed = make(random.nextInt(100));
      if (!committed) {
        first.rollback();
        second.rollback();
      }
      return committed;
    } catch (SQLException e) {
      rollback(first, e);
      rollback(second, e);
      throw e;
    }
  }

  private static void rollback(Connection connection, SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private boolean make(int dice) throws SQLException {
    if (dice < 14) {
      return purchase(first) && commit();
    } else if (dice < 28) {
      return amounts() && commit();
    } else if (dice < 34) {
      return lines() && commit();
    } else if (dice < 41) {
      return dropPurchase() && commit();
    } else if (dice < 50) {
      return rename() && commit();
    } else if (dice < 54) {
      return codes() && commit();
    } else if (dice < 56) {
      return leaveAndReturn() && commit();
    } else if (dice < 61) {
      return upsert() && commit();
    } else if (dice < 68) {
      return labels() && commit();
    } else if (dice < 74) {
      return remarks() && commit();
    } else if (dice < 80) {
      return savepoint() && commit();
    } else if (dice < 84) {
      return rolledBack();
    } else if (dice < 87) {
      return twoPhases();
    } else if (dice < 92) {
      return hierarchy() && commit();
    } else if (dice < 94) {
      return moves() && commit();
    } else if (dice < 96) {
      return interleaved();
    } else if (dice < 98) {
      return unrelated() && commit();
    }
    return rare();
  }

  private boolean commit() throws SQLException {
    first.commit();
    return true;
  }

  // --- Purchases -------------------------------------------------------------------------------

  private boolean purchase(Connection connection) throws SQLException {
    int customer = lockCustomer(connection, "");
    if (customer == 0) {
      return false;
    }
    addPurchase(connection, customer);
    balance(connection, customer);
    return true;
  }

  private void addPurchase(Connection connection, int customer) throws SQLException {
    int purchase = number(connection);
    run(
        connection,
        "insert into purchase (id, customer_id, ref) values (?, ?, ?)",
        purchase,
        customer,
        "r" + purchase);
    for (int i = random.nextInt(4); i >= 0; i--) {
      addItem(connection, purchase);
    }
    balancePurchase(connection, purchase);
  }

  private void addItem(Connection connection, int purchase) throws SQLException {
    run(
        connection,
        "insert into item (id, purchase_id, product_id, amount) values (?, ?, ?, ?)",
        number(connection),
        purchase,
        pick(connection, "product", ""),
        random.nextInt(100));
  }

  private boolean amounts() throws SQLException {
    int customer = lockCustomer(first, "");
    int purchase = pickPurchase(customer);
    run(
        first,
        "update item set amount = amount + ? where purchase_id = ?",
        random.nextInt(21) - 10,
        purchase);
    balancePurchase(first, purchase);
    balance(first, customer);
    return purchase != 0;
  }

  private boolean lines() throws SQLException {
    int customer = lockCustomer(first, "");
    int purchase = pickPurchase(customer);
    if (purchase == 0) {
      return false;
    }
    if (random.nextBoolean()) {
      addItem(first, purchase);
    } else {
      run(
          first,
          "delete from item where id in (select id from item where purchase_id = ? limit 1)",
          purchase);
    }
    balancePurchase(first, purchase);
    balance(first, customer);
    return true;
  }

  /** Often the newest: a row that is gone before anybody looks must leave no document. */
  private boolean dropPurchase() throws SQLException {
    int customer =
        lockCustomer(
            first,
            random.nextInt(3) == 0
                ? ""
                : "id = (select customer_id from purchase order by id desc limit 1)");
    run(
        first,
        "delete from purchase where id = (select max(id) from purchase where customer_id = ?)",
        customer);
    balance(first, customer);
    return true;
  }

  /** A purchase moves to another customer, or two purchases of one customer swap their keys. */
  private boolean moves() throws SQLException {
    int one = lockCustomer(first, "");
    int other = lockCustomer(first, "id > " + one);
    int purchase = pickPurchase(one);
    if (other != 0 && random.nextBoolean()) {
      run(first, "update purchase set customer_id = ? where id = ?", other, purchase);
      balance(first, other);
    } else {
      int twin = pickPurchase(one);
      if (twin == purchase) {
        return false;
      }
      swap("purchase", "ref", purchase, twin);
      balancePurchase(first, twin);
    }
    balancePurchase(first, purchase);
    balance(first, one);
    return true;
  }

  /** PostgreSQL decodes these two so that a filter by position would lose rows of the first. */
  private boolean interleaved() throws SQLException {
    int one = lockCustomer(first, "id % 2 = 0");
    int other = lockCustomer(second, "id % 2 = 1");
    if (one == 0 || other == 0) {
      return false;
    }
    addPurchase(first, one);
    run(first, "update customer set name = ? where id = ?", "Begun " + number(first), one);
    addPurchase(second, other);
    balance(second, other);
    second.commit();
    addPurchase(first, one);
    balance(first, one);
    return commit();
  }

  // --- Customers and products ------------------------------------------------------------------

  private boolean rename() throws SQLException {
    int customer = lockCustomer(first, "");
    switch (random.nextInt(3)) {
      case 0 ->
          run(
              first,
              "update customer set note = ? where id = ?",
              large(random.nextInt(LARGE)),
              customer);
      case 1 -> run(first, "update customer set note = note || '.' where id = ?", customer);
      default ->
          run(
              first,
              "update customer set name = ? where id = ?",
              "Name " + number(first),
              customer);
    }
    return true;
  }

  /** A key moves, or two roots swap theirs. */
  private boolean codes() throws SQLException {
    int one = lockCustomer(first, "");
    if (random.nextBoolean()) {
      String code = "c" + (random.nextInt(20) == 0 ? number(first) : 1 + random.nextInt(60));
      run(
          first,
          "update customer set code = ? where id = ?"
              + " and not exists (select from customer where code = ?)",
          code,
          one,
          code);
    } else {
      int other = lockCustomer(first, "id > " + one);
      if (other == 0) {
        return false;
      }
      swap("customer", "code", one, other);
    }
    return true;
  }

  private void swap(String table, String column, int one, int other) throws SQLException {
    String keyOfOne = "(select " + column + " from " + table + " where id = ?)";
    String set = "update " + table + " set " + column + " = ";
    String mine = text("select " + keyOfOne, one);
    String others = text("select " + keyOfOne, other);
    run(first, set + "'swap-' || id where id = ?", one);
    run(first, set + "? where id = ?", mine, other);
    run(first, set + "? where id = ?", others, one);
  }

  /** Deleted with all that hangs on it, and made again under the same key by another row. */
  private boolean leaveAndReturn() throws SQLException {
    int customer = lockCustomer(first, "");
    String code = text("select code from customer where id = ?", customer);
    run(first, "delete from customer where id = ?", customer);
    if (random.nextInt(3) == 0) {
      first.commit();
    }
    int successor = number(first);
    run(
        first,
        "insert into customer (id, code, name) values (?, ?, ?) on conflict do nothing",
        successor,
        code,
        "Successor " + successor);
    return true;
  }

  private boolean upsert() throws SQLException {
    int product = number(first);
    run(
        first,
        "insert into product (id, sku, title, blurb) values (?, ?, ?, ?)"
            + " on conflict (sku) do update set title = excluded.title",
        product,
        "p" + (1 + random.nextInt(45)),
        // So few that a title often comes back to what KV held before.
        "Title " + random.nextInt(2),
        random.nextBoolean() ? large(LARGE) : null);
    return true;
  }

  private boolean labels() throws SQLException {
    int product = lock(first, "product", "sku not like 'bulk%'");
    int tag = pick(first, "tag", "");
    if (random.nextInt(3) == 0) {
      run(first, "delete from product_tag where product_id = ? and tag_id = ?", product, tag);
    } else {
      run(first, "insert into product_tag values (?, ?) on conflict do nothing", product, tag);
    }
    if (random.nextInt(10) == 0) {
      run(first, "update tag set name = ? where id = ?", "t" + number(first), tag);
    }
    run(
        first,
        "update product set tags ="
            + " (select count(*) from product_tag where product_id = ?) where id = ?",
        product,
        product);
    return product != 0;
  }

  private boolean remarks() throws SQLException {
    run(
        first,
        "insert into remark (product_id, body) values (?, ?)",
        pick(first, "product", ""),
        "Remark " + number(first));
    return true;
  }

  private boolean hierarchy() throws SQLException {
    int one = pick(first, "employee", "");
    switch (random.nextInt(4)) {
      case 0 -> run(first, "update employee set name = ? where id = ?", "E" + number(first), one);
      case 1 -> run(first, "update employee set id = ? where id = ?", 1 + random.nextInt(30), one);
      default ->
          run(
              first,
              "update employee set boss_id = nullif(?, id) where id = ?",
              pick(first, "employee", ""),
              one);
    }
    return true;
  }

  // --- Transactions ----------------------------------------------------------------------------

  private boolean savepoint() throws SQLException {
    int customer = lockCustomer(first, "");
    run(first, "update customer set name = ? where id = ?", "Kept " + number(first), customer);
    Savepoint savepoint = first.setSavepoint();
    poison(customer);
    first.rollback(savepoint);
    if (random.nextBoolean()) {
      first.setSavepoint();
      addPurchase(first, customer);
      balance(first, customer);
    }
    return true;
  }

  private boolean rolledBack() throws SQLException {
    poison(lockCustomer(first, ""));
    first.rollback();
    return false;
  }

  private void poison(int customer) throws SQLException {
    run(first, "update customer set name = ?, spent = -1 where id = ?", Shop.POISON, customer);
    int product = number(first);
    run(
        first,
        "insert into product (id, sku, title) values (?, ?, ?)",
        product,
        Shop.POISON + product,
        Shop.POISON);
  }

  private boolean twoPhases() throws SQLException {
    boolean commits = random.nextInt(3) > 0;
    int customer = lockCustomer(first, "");
    if (commits) {
      run(first, "update customer set name = ? where id = ?", "Phase " + number(first), customer);
    } else {
      poison(customer);
    }
    String name = Writers.PREPARED + number(first) + (commits ? "-commit" : "-rollback");
    run(first, "prepare transaction '" + name + "'");
    first.setAutoCommit(true);
    try {
      run(first, (commits ? "commit" : "rollback") + " prepared '" + name + "'");
    } finally {
      first.setAutoCommit(false);
    }
    return commits;
  }

  private boolean unrelated() throws SQLException {
    run(
        first,
        "insert into unrelated (junk) select repeat('x', ?) from generate_series(1, 20)",
        random.nextInt(200));
    return true;
  }

  private boolean rare() throws SQLException {
    switch (random.nextInt(6)) {
      case 0 -> run(first, "truncate remark");
      case 1 -> run(first, "alter table product add column if not exists unrelated text");
      case 2 -> run(first, "alter table product drop column if exists unrelated");
      case 3 -> run(first, "delete from product where sku like 'bulk%'");
      case 4 -> run(first, "delete from product where id = ?", pick(first, "product", "id > 30"));
      default -> {
        int base = number(first);
        run(
            first,
            "insert into product (id, sku, title)"
                + " select 1000000 + ? * 1000 + i, 'bulk-' || ? || '-' || i, 'Bulk'"
                + " from generate_series(1, ?) i",
            base,
            base,
            BATCH);
      }
    }
    return commit();
  }

  // --- Statements ------------------------------------------------------------------------------

  private void balancePurchase(Connection connection, int purchase) throws SQLException {
    int tx = number(connection);
    run(connection, "update item set tx = ? where purchase_id = ?", tx, purchase);
    run(
        connection,
        "update purchase set tx = ?, (total, items) = (select coalesce(sum(amount), 0), count(*)"
            + " from item where purchase_id = ?) where id = ?",
        tx,
        purchase,
        purchase);
  }

  private static void balance(Connection connection, int customer) throws SQLException {
    run(
        connection,
        "update customer set (spent, orders) = (select coalesce(sum(total), 0), count(*)"
            + " from purchase where customer_id = ?) where id = ?",
        customer,
        customer);
  }

  private int lockCustomer(Connection connection, String where) throws SQLException {
    return lock(connection, "customer", where);
  }

  /** A random row, locked; 0 if there is none. */
  private int lock(Connection connection, String table, String where) throws SQLException {
    int id = pick(connection, table, where);
    try (PreparedStatement statement =
        connection.prepareStatement("select id from " + table + " where id = ? for update")) {
      statement.setInt(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    }
  }

  private int pickPurchase(int customer) throws SQLException {
    return pick(first, "purchase", "customer_id = " + customer);
  }

  /** The id of a random row; 0 if there is none. */
  private int pick(Connection connection, String table, String where) throws SQLException {
    String sql =
        "select (array_agg(id order by id))[1 + floor(? * count(*))::integer] from "
            + table
            + (where.isEmpty() ? "" : " where " + where);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setDouble(1, random.nextDouble());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }

  private static int number(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select nextval('numbers')");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  private String text(String sql, int parameter) throws SQLException {
    try (PreparedStatement statement = first.prepareStatement(sql)) {
      statement.setInt(1, parameter);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? String.valueOf(row.getString(1)) : "";
      }
    }
  }

  /** Hard to compress, so that PostgreSQL stores it out of line. */
  private String large(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }

  private static void run(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }
}
