package dev.forebay.model;

/**
 * How far one changed row reaches along one path, by PostgreSQL's statistics.
 *
 * @param where the path in forebay.yaml
 * @param table of the changed row
 * @param model whose documents are touched
 * @param documents estimated
 */
public record FanOut(String where, TableName table, String model, long documents) {

  /** Returns a sentence for people. */
  public String words() {
    return "A changed row of "
        + table
        + " touches about "
        + documents
        + (documents == 1 ? " document" : " documents")
        + " of model "
        + model
        + ".";
  }
}
