package dev.forebay.api.touch;

import dev.forebay.api.touch.image.Along;
import dev.forebay.api.touch.image.Image;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rows that an operation is about to change, as they are; made and read by {@link Touch}. */
public final class Before {

  static final Before NOTHING = new Before(List.of(), null, List.of());

  private final List<String> key;
  private final @Nullable Image row;
  private final List<Along> along;

  /**
   * @param key by which the operation names the row; empty if it names none
   * @param row null if there is none, or nobody asks
   * @param along the rows that go with it
   */
  Before(List<String> key, @Nullable Image row, List<Along> along) {
    this.key = List.copyOf(key);
    this.row = row;
    this.along = List.copyOf(along);
  }

  List<String> key() {
    return key;
  }

  boolean isKnown() {
    return row != null;
  }

  Image row() {
    return Objects.requireNonNull(row);
  }

  List<Along> along() {
    return along;
  }
}
