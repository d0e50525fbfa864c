package dev.forebay.ops.catalogue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Edits in transactions of one to four, some of them undone, in part or as a whole. */
final class RandomChanges {

  private static final int MOST_EDITS = 4;

  private final Connection connection;
  private final Random random;
  private final Rows editing;
  private final List<Rows.Edit> edits;
  private int changes;
  private int transactions;
  private int rows;
  private int undone;

  /**
   * @param changes edits that were committed and changed at least one row
   * @param rows that their statements changed, without cascades
   * @param transactions that were committed
   * @param undone edits that were rolled back
   */
  record Made(int changes, int rows, int transactions, int undone) {}

  /**
   * @param connection used by nobody else
   */
  RandomChanges(Connection connection, DataSet set, Random random) {
    this.connection = connection;
    this.random = random;
    this.editing = new Rows(connection, random, "new");
    this.edits =
        Stream.of(
                new ArtistEdits(editing, set).all(),
                new AlbumEdits(editing, set).all(),
                new PlaylistEdits(editing).all(),
                set.hasSales() ? new SalesEdits(editing).all() : List.<Rows.Edit>of())
            .flatMap(List::stream)
            .toList();
  }

  /** Makes changes as fast as the database takes them, until at least so many are committed. */
  void make(int least) throws SQLException {
    connection.setAutoCommit(false);
    int goal = changes + least;
    while (changes < goal) {
      transaction();
    }
    connection.setAutoCommit(true);
  }

  /** Looks at what a few changes have led to. */
  interface Look {
    /** Looks; told the changes since the look before. */
    void at(String last) throws Exception;
  }

  /**
   * Makes each kind of change once, in any order, and looks after every few: among many changes a
   * document that one of them should have touched is put right by another.
   */
  void makeEachKind(int atOnce, Look look) throws Exception {
    List<Rows.Edit> shuffled = new ArrayList<>(edits);
    Collections.shuffle(shuffled, random);
    for (int i = 0; i < shuffled.size(); i++) {
      connection.setAutoCommit(false);
      int changed = editing.make(shuffled.get(i));
      connection.commit();
      connection.setAutoCommit(true);
      count(changed > 0 ? 1 : 0, changed);
      if ((i + 1) % atOnce == 0 || i + 1 == shuffled.size()) {
        look.at(made() + ", last " + editing.takeStatements());
      }
    }
  }

  private void transaction() throws SQLException {
    int made = 0;
    int changed = 0;
    for (int left = 1 + random.nextInt(MOST_EDITS); left > 0; left--) {
      int one = random.nextInt(4) == 0 ? withSavepoint() : edit();
      made += one > 0 ? 1 : 0;
      changed += one;
    }
    if (random.nextInt(8) == 0) {
      connection.rollback();
      undone += made;
    } else {
      connection.commit();
      count(made, changed);
    }
  }

  private void count(int made, int changed) {
    transactions++;
    changes += made;
    rows += changed;
  }

  /** The log gives a subtransaction's rows the id of the whole one. */
  private int withSavepoint() throws SQLException {
    Savepoint savepoint = connection.setSavepoint();
    int changed = edit();
    if (random.nextInt(3) == 0) {
      connection.rollback(savepoint);
      undone += changed > 0 ? 1 : 0;
      return 0;
    }
    return changed;
  }

  private int edit() throws SQLException {
    return editing.make(edits.get(random.nextInt(edits.size())));
  }

  Made made() {
    return new Made(changes, rows, transactions, undone);
  }
}
