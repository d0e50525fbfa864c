package dev.forebay.api.openapi;

import dev.forebay.api.catalog.Column;
import dev.forebay.api.resource.ResourceTable;
import java.util.List;
import java.util.regex.Pattern;

/** What the segments of a row's path are called: as their columns, where braces can hold that. */
final class PathNames {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  private PathNames() {}

  /** One name for each column of the key. */
  static List<String> of(ResourceTable table) {
    List<String> names = table.key().stream().map(Column::name).toList();
    boolean plain = names.stream().allMatch(name -> PLAIN.matcher(name).matches());
    return plain ? names : names.stream().map(name -> "key" + names.indexOf(name)).toList();
  }

  /** The template of a row's path. */
  static String row(ResourceTable table) {
    StringBuilder path = new StringBuilder(rows(table));
    of(table).forEach(name -> path.append("/{").append(name).append('}'));
    return path.toString();
  }

  /** The path of the resource. */
  static String rows(ResourceTable table) {
    return "/v1/" + table.resource().name();
  }
}
