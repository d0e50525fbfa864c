package dev.forebay.api.resource;

import dev.forebay.api.catalog.CatalogReader;
import dev.forebay.api.catalog.Column;
import dev.forebay.api.catalog.Kind;
import dev.forebay.api.catalog.Table;
import dev.forebay.model.InvalidSetupException;
import dev.forebay.model.Problem;
import dev.forebay.model.Resource;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Joins the declared resources with the catalog and says what does not fit. */
public final class ResourceTables {

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  /** Paths under the root that are no resources. */
  private static final Set<String> RESERVED = Set.of("transactions", "documents");

  private final CatalogReader catalog;
  private final List<Problem> problems = new ArrayList<>();

  private ResourceTables(CatalogReader catalog) {
    this.catalog = catalog;
  }

  /**
   * Reads the table of every resource.
   *
   * @return one per resource, in their order
   * @throws InvalidSetupException with everything that does not fit
   */
  public static List<ResourceTable> read(CatalogReader catalog, List<Resource> resources)
      throws SQLException {
    ResourceTables tables = new ResourceTables(catalog);
    List<ResourceTable> read = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Resource resource : resources) {
      if (!names.add(resource.name())) {
        tables.report(resource, "is declared twice.", "Rename one of the two.");
      }
      tables.find(resource).ifPresent(read::add);
    }
    if (!tables.problems.isEmpty()) {
      throw new InvalidSetupException(tables.problems);
    }
    return List.copyOf(read);
  }

  private Optional<ResourceTable> find(Resource resource) throws SQLException {
    Optional<Table> found = catalog.find(resource.table());
    if (found.isEmpty()) {
      report(
          resource,
          "table " + resource.table() + " does not exist.",
          "Name a table the API's role can see; a view cannot be written.");
      return Optional.empty();
    }
    int before = problems.size();
    check(resource, found.get());
    return problems.size() == before
        ? Optional.of(new ResourceTable(resource, found.get()))
        : Optional.empty();
  }

  private void check(Resource resource, Table table) throws SQLException {
    if (RESERVED.contains(resource.name())) {
      report(resource, "the name is taken by the API itself.", "Use another one.");
    }
    if (!NAME.matcher(resource.name()).matches()) {
      report(resource, "the name cannot stand in a URL.", "Use a name that matches " + NAME + ".");
    }
    checkKey(resource, table);
    checkVersion(resource, table);
    checkRole(resource);
    for (String name : resource.write()) {
      Optional<Column> column = table.findColumn(name);
      if (column.isEmpty()) {
        reportMissing(resource, name);
      } else if (column.get().generated()) {
        report(
            resource,
            "column " + name + " is GENERATED ALWAYS, so nobody can write it.",
            "Take it out of write.");
      }
    }
  }

  private void checkKey(Resource resource, Table table) {
    List<String> missing =
        resource.key().stream().filter(name -> table.findColumn(name).isEmpty()).toList();
    missing.forEach(name -> reportMissing(resource, name));
    for (String name : resource.key()) {
      if (table.findColumn(name).filter(ResourceTables::hasNoText).isPresent()) {
        report(
            resource,
            "key column " + name + " has a type that cannot stand in a URL.",
            "Use a key without JSON and arrays.");
      }
    }
    if (missing.isEmpty() && !isKey(resource.key(), table)) {
      report(
          resource,
          "key " + resource.key() + " can name several rows of " + table.name() + " or none.",
          "Use the columns of its primary key, or of a unique constraint over NOT NULL columns.");
    }
  }

  private static boolean hasNoText(Column column) {
    return column.type().kind() == Kind.JSON || column.type().kind() == Kind.ARRAY;
  }

  private static boolean isKey(List<String> key, Table table) {
    return key.stream().allMatch(name -> table.column(name).notNull())
        && !ResourceTable.keyConstraint(key, table).isEmpty();
  }

  /** A version without a value, or one that cannot be made larger, would protect nothing. */
  private void checkVersion(Resource resource, Table table) {
    String name = resource.version();
    if (name == null) {
      return;
    }
    Optional<Column> column = table.findColumn(name);
    if (column.isEmpty()) {
      reportMissing(resource, name);
    } else if (!isCounter(column.get()) || resource.write().contains(name)) {
      report(
          resource,
          "column " + name + " cannot be the version.",
          "Use a smallint, integer or bigint that is NOT NULL, has a default and is not in write.");
    }
  }

  private static boolean isCounter(Column column) {
    return column.notNull()
        && column.hasDefault()
        && !column.generated()
        && switch (column.type().kind()) {
          case SMALLINT, INTEGER, BIGINT -> true;
          default -> false;
        };
  }

  private void checkRole(Resource resource) throws SQLException {
    String role = resource.databaseRole();
    if (role != null && !catalog.canAssume(role)) {
      report(
          resource,
          "the API cannot take the role " + role + ".",
          "Create it and GRANT it to the role that the API connects as.");
    }
  }

  private void reportMissing(Resource resource, String column) {
    report(
        resource,
        "table " + resource.table() + " has no column " + column + ".",
        "Name a column of the table, as the catalog spells it.");
  }

  private void report(Resource resource, String what, String fix) {
    problems.add(new Problem("resource " + resource.name(), what, fix));
  }
}
