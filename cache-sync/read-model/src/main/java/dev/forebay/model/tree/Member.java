package dev.forebay.model.tree;

import dev.forebay.model.catalog.ColumnType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A member of a JSON object that comes from other rows. */
public sealed interface Member {

  /** The name in JSON. */
  String name();

  /** Which rows. */
  Rows rows();

  /**
   * An object; null if there is no row.
   *
   * @param rows at most one
   * @param isOptional false only if the database enforces that there is one
   */
  record One(String name, Rows rows, Body body, boolean isOptional) implements Member {}

  /**
   * An array of objects.
   *
   * @param order complete: it ends with primary keys, so it leaves nothing open
   * @param limit the most rows, or null for all
   * @param link members of each object that come from the row between, of {@link Rows#through}
   */
  record Many(
      String name,
      Rows rows,
      List<Order> order,
      @Nullable Integer limit,
      Body body,
      List<Field> link)
      implements Member {
    public Many {
      order = List.copyOf(order);
      link = List.copyOf(link);
    }
  }

  /**
   * One value made of all rows.
   *
   * @param operand what each row gives; null if and only if the function takes none
   * @param type of the value; null for a function without operand, whose value is a JSON number or
   *     boolean
   */
  record Aggregate(
      String name, Rows rows, Function function, @Nullable Field operand, @Nullable ColumnType type)
      implements Member {}

  /**
   * A column of an order.
   *
   * @param ofThrough whether it is a column of the table between
   * @param nullsFirst where rows without a value stand
   */
  record Order(boolean ofThrough, String column, boolean descending, boolean nullsFirst) {}

  /** The members of an object. */
  record Body(List<Field> fields, List<Member> members) {
    public Body {
      fields = List.copyOf(fields);
      members = List.copyOf(members);
    }
  }
}
