package dev.forebay.ops.faults.shop;

import dev.forebay.ops.faults.data.Writers;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Random;

/** Transactions of which a part, or all, must never be seen: what it writes says POISON. */
final class OddTransactions {

  private final ShopSession session;
  private final Purchases purchases;
  private final Random random;

  OddTransactions(ShopSession session, Purchases purchases, Random random) {
    this.session = session;
    this.purchases = purchases;
    this.random = random;
  }

  boolean partlyRolledBack() throws SQLException {
    int customer = session.lock("customer", "");
    session.run("update customer set name = ? where id = ?", "Kept " + session.number(), customer);
    Savepoint savepoint = session.connection().setSavepoint();
    poison(customer);
    session.connection().rollback(savepoint);
    if (random.nextBoolean()) {
      session.connection().setSavepoint();
      purchases.add(session, customer);
      purchases.balance(session, customer);
    }
    return true;
  }

  boolean rolledBack() throws SQLException {
    poison(session.lock("customer", ""));
    session.connection().rollback();
    return false;
  }

  boolean inTwoPhases() throws SQLException {
    boolean commits = random.nextInt(3) > 0;
    int customer = session.lock("customer", "");
    if (commits) {
      session.run(
          "update customer set name = ? where id = ?", "Phase " + session.number(), customer);
    } else {
      poison(customer);
    }
    String name = Writers.PREPARED + session.number() + (commits ? "-commit" : "-rollback");
    session.run("prepare transaction '" + name + "'");
    session.connection().setAutoCommit(true);
    try {
      session.run((commits ? "commit" : "rollback") + " prepared '" + name + "'");
    } finally {
      session.connection().setAutoCommit(false);
    }
    return commits;
  }

  private void poison(int customer) throws SQLException {
    session.run("update customer set name = ?, spent = -1 where id = ?", Shop.POISON, customer);
    int product = session.number();
    session.run(
        "insert into product (id, sku, title) values (?, ?, ?)",
        product,
        Shop.POISON + product,
        Shop.POISON);
  }
}
