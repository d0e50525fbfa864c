package dev.forebay.ops.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.forebay.ledger.ModelRegister.Entry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Models as a table or as JSON. */
public final class ModelReport {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Row(
      String name,
      long documents,
      boolean kept,
      @Nullable Instant removedAt,
      @Nullable String resync) {}

  private ModelReport() {}

  /**
   * Renders a line for each below a heading; the last line ends with a line feed.
   *
   * @param documents in KV, by model
   */
  public static String table(List<Entry> models, Map<String, Long> documents) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"MODEL", "DOCUMENTS", "STATE"});
    for (Entry model : models) {
      rows.add(
          new String[] {
            model.name(),
            Long.toString(documents.getOrDefault(model.name(), 0L)),
            state(model) + (model.resync() == null ? "" : ", resync: " + model.resync())
          });
    }
    return StatusTable.align(rows);
  }

  private static String state(Entry model) {
    if (model.removed() != null) {
      return "removed at " + model.removed().truncatedTo(ChronoUnit.SECONDS);
    }
    return model.declared() ? "kept" : "stopped: it does not fit the database";
  }

  /** Returns an array, empty if there are none. */
  public static String json(List<Entry> models, Map<String, Long> documents)
      throws JsonProcessingException {
    return StatusJson.write(
        models.stream()
            .map(model ->
                new Row(
                    model.name(),
                    documents.getOrDefault(model.name(), 0L),
                    model.declared(),
                    model.removed(),
                    model.resync()))
            .toList());
  }
}
