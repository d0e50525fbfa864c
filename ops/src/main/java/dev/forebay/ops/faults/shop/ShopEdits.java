package dev.forebay.ops.faults.shop;

import dev.forebay.ops.faults.data.DataSet;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;

/**
 * Everything that applications do to a database, in small. Whoever changes something below a
 * customer locks the customer first and puts the sums right before the commit.
 */
final class ShopEdits implements DataSet.Edits {

  private final Connection first;
  private final Connection second;
  private final Random random;
  private final Purchases purchases;
  private final MasterData master;
  private final OddTransactions odd;
  private final WholeTables tables;

  ShopEdits(Connection first, Connection second, Random random) throws SQLException {
    this.first = first;
    this.second = second;
    this.random = random;
    first.setAutoCommit(false);
    second.setAutoCommit(false);
    ShopSession session = new ShopSession(first, random);
    this.purchases = new Purchases(session, new ShopSession(second, random), random);
    this.master = new MasterData(session, random);
    this.odd = new OddTransactions(session, purchases, random);
    this.tables = new WholeTables(session, random);
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
      return purchases.add() && commit();
    } else if (dice < 28) {
      return purchases.changeAmounts() && commit();
    } else if (dice < 34) {
      return purchases.changeLines() && commit();
    } else if (dice < 41) {
      return purchases.drop() && commit();
    } else if (dice < 50) {
      return master.rename() && commit();
    } else if (dice < 54) {
      return master.changeCodes() && commit();
    } else if (dice < 56) {
      return master.leaveAndReturn() && commit();
    } else if (dice < 61) {
      return master.upsertProduct() && commit();
    } else if (dice < 68) {
      return master.label() && commit();
    } else if (dice < 74) {
      return master.remark() && commit();
    } else if (dice < 80) {
      return odd.partlyRolledBack() && commit();
    } else if (dice < 84) {
      return odd.rolledBack();
    } else if (dice < 87) {
      return odd.inTwoPhases();
    } else if (dice < 92) {
      return master.reorganize() && commit();
    } else if (dice < 94) {
      return purchases.move() && commit();
    } else if (dice < 96) {
      return purchases.interleave() && commit();
    } else if (dice < 98) {
      return tables.elsewhere() && commit();
    }
    return tables.rare() && commit();
  }

  private boolean commit() throws SQLException {
    first.commit();
    return true;
  }
}
