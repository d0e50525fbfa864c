package dev.forebay.model;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * The documents of a few changed rows, as one statement that whoever wants them runs together with
 * statements of its own. Its text depends on the tables alone, so that a server plans it once.
 */
public interface Lookup {

  /** Documents that the rows name themselves; to know them nothing has to be asked. */
  List<DocumentKey> known();

  /** The models to whose documents the rows lead through other rows, which may have moved. */
  SortedSet<String> asked();

  /** The statement; empty if {@link #asked} is. */
  String sql();

  /**
   * Sets the statement's parameters.
   *
   * @param from the place of the first
   * @return the place after the last
   */
  int bind(PreparedStatement statement, int from) throws SQLException;

  /** Reads what {@link #sql} answers: each document at least once. */
  void read(ResultSet rows, Consumer<DocumentKey> each) throws SQLException;
}
