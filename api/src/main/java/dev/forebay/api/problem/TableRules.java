package dev.forebay.api.problem;

import dev.forebay.model.TableName;
import java.util.List;

/** What a table's constraints are about, as far as clients may know. */
public interface TableRules {

  /** The table whose constraints these are. */
  TableName name();

  /**
   * The columns a constraint is about that clients may see, in its order; empty if it has none or
   * is not known.
   */
  List<String> columnsOf(String constraint);

  /** Whether clients may see this column. */
  boolean isVisible(String column);

  /** Whether its rows are touched with rights that not everybody has. */
  boolean isGuarded();
}
