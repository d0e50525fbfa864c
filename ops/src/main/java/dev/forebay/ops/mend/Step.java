package dev.forebay.ops.mend;

import dev.forebay.model.TableName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One part of a {@link Fix}; the next one makes no sense if it fails. */
public sealed interface Step {

  /**
   * A statement that must stand outside a transaction.
   *
   * @param index that it makes, or null
   */
  record Alone(String sql, @Nullable TableName index) implements Step {}

  /**
   * Statements of one transaction.
   *
   * @param sql what changes
   * @param writes of the user's, of no row, that must work before it is committed
   */
  record Together(List<String> sql, List<String> writes) implements Step {
    public Together {
      sql = List.copyOf(sql);
      writes = List.copyOf(writes);
    }
  }

  /** A statement that Forebay leaves to a person. */
  record ByHand(String sql) implements Step {}
}
