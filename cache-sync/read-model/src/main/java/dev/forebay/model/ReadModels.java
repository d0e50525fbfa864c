package dev.forebay.model;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Everything forebay.yaml declares, compiled and checked against one database. Immutable and safe
 * for any thread.
 */
public final class ReadModels {

  private final Map<String, ReadModel> byName;
  private final List<ReadModel> models;
  private final Router router;
  private final List<Resource> resources;
  private final String declaration;
  private final SortedMap<String, String> stopped;

  /**
   * @param models in the order of the file, names unique
   * @param router finds the documents of these models
   * @param resources what clients may write
   */
  public ReadModels(List<? extends ReadModel> models, Router router, List<Resource> resources) {
    this(models, router, resources, "");
  }

  /**
   * @param declaration the text of the file that declares all this
   */
  public ReadModels(
      List<? extends ReadModel> models,
      Router router,
      List<Resource> resources,
      String declaration) {
    this(models, router, resources, declaration, Map.of());
  }

  /**
   * @param stopped models that the declaration names and that do not fit the database, each with
   *     the reason
   */
  public ReadModels(
      List<? extends ReadModel> models,
      Router router,
      List<Resource> resources,
      String declaration,
      Map<String, String> stopped) {
    this.stopped = Collections.unmodifiableSortedMap(new TreeMap<>(stopped));
    this.models = List.copyOf(models);
    this.byName =
        this.models.stream()
            .collect(Collectors.toUnmodifiableMap(ReadModel::name, Function.identity()));
    this.router = router;
    this.resources = List.copyOf(resources);
    this.declaration = declaration;
  }

  /** All models in the order of the file. */
  public List<ReadModel> models() {
    return models;
  }

  /** Finds a model by name. */
  public Optional<ReadModel> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Reads a KV key back: which document it names; empty if no model can have it. */
  public Optional<DocumentKey> match(String kvKey) {
    return models.stream().flatMap(model -> model.match(kvKey).stream()).findFirst();
  }

  /** What clients may write. */
  public List<Resource> resources() {
    return resources;
  }

  /** The text of forebay.yaml, as it was compiled; empty if there was no file. */
  public String declaration() {
    return declaration;
  }

  /**
   * Models that were left out because they do not fit the database, each with the reason in one
   * line. Their documents are nobody's to write or delete. Empty unless compiled for a worker that
   * goes on without them.
   */
  public SortedMap<String, String> stopped() {
    return stopped;
  }

  /** Every table that any model reads: what the publication must carry. */
  public SortedSet<TableName> tables() {
    SortedSet<TableName> tables = new TreeSet<>();
    models.forEach(model -> tables.addAll(model.tables()));
    return tables;
  }

  /** The models that read a table: all of them are in doubt when it is truncated. */
  public List<ReadModel> reading(TableName table) {
    return models.stream().filter(model -> model.tables().contains(table)).toList();
  }

  /** The models of which any changed row of a table concerns every document. */
  public List<ReadModel> dependingWholly(TableName table) {
    return models.stream().filter(model -> model.wholeTables().contains(table)).toList();
  }

  /** Returns the row with those columns alone that lead to documents. */
  public RowChange trim(RowChange change) {
    return router.trim(change);
  }

  /** Routes changed rows to documents one by one, see {@link Router#follow}. */
  public void follow(Connection connection, List<RowChange> changes, Predicate<Affected> goOn)
      throws SQLException {
    router.follow(connection, changes, goOn);
  }

  /** Prepares to route a few changed rows, see {@link Router#lookup}. */
  public Lookup lookup(List<RowChange> changes, int most) {
    return router.lookup(changes, most);
  }

  /** Routes changed rows to documents: all of them, each once, in no particular order. */
  public List<Affected> affected(Connection connection, List<RowChange> changes)
      throws SQLException {
    return affected(connection, changes, Integer.MAX_VALUE);
  }

  /**
   * Routes changed rows to documents.
   *
   * @param limit how many to look for
   * @return each once, in no particular order; more than {@code limit} if there are more than that,
   *     and then not all of them
   */
  public List<Affected> affected(Connection connection, List<RowChange> changes, int limit)
      throws SQLException {
    Set<Affected> affected = new LinkedHashSet<>();
    router.follow(
        connection,
        changes,
        one -> {
          affected.add(one);
          return affected.size() <= limit;
        });
    return List.copyOf(affected);
  }
}
