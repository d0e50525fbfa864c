package dev.forebay.api.touch;

import dev.forebay.api.token.Touched;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a transaction has touched.
 *
 * @param touched as read models see it
 * @param unsure models of which more may be touched, because rows around the changed ones may have
 *     moved before the COMMIT; none of them once somebody has looked after it
 * @param history of the database in which the transaction's id means something
 */
public record Outcome(Touched touched, SortedSet<String> unsure, String history) {

  /** The same, with every document of the unsure models: for who cannot wait for another look. */
  public Outcome wholly() {
    SortedSet<String> models = new TreeSet<>(touched.models());
    models.addAll(unsure);
    SortedMap<String, SortedSet<String>> documents = new TreeMap<>(touched.documents());
    documents.keySet().removeAll(models);
    return new Outcome(new Touched(touched.xid(), documents, models), new TreeSet<>(), history);
  }
}
