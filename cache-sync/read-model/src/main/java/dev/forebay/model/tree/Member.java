package dev.forebay.model.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member of a JSON object that comes from other rows. */
public sealed interface Member {

  /** The name in JSON. */
  String name();

  /** Which rows. */
  Rows rows();

  /**
   * An object, null if there is no row.
   *
   * @param rows at most one
   */
  record One(String name, Rows rows, Body body) implements Member {}

  /**
   * An array of objects.
   *
   * @param order complete: it ends with the primary key, so it leaves nothing open
   * @param limit the most rows, or null for all
   */
  record Many(String name, Rows rows, List<Order> order, @Nullable Integer limit, Body body)
      implements Member {
    public Many {
      order = List.copyOf(order);
    }
  }

  /** The number of rows. */
  record Count(String name, Rows rows) implements Member {}

  /** A column of an order. */
  record Order(String column, boolean descending) {}

  /** The members of an object. */
  record Body(List<Field> fields, List<Member> members) {
    public Body {
      fields = List.copyOf(fields);
      members = List.copyOf(members);
    }
  }
}
