package dev.forebay.ops.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.forebay.api.auth.KeyEntry;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** API keys for people, as a table, and for scripts, as JSON; never a secret. */
public final class ApiKeyReport {

  /** One element of the JSON; the names are the contract. */
  private record Row(
      String id,
      String name,
      List<String> roles,
      String state,
      Instant created,
      @Nullable Instant expires,
      @Nullable Instant revoked,
      @Nullable Instant lastUsed) {}

  private ApiKeyReport() {}

  /** Renders a line for each below a heading; the last line ends with a line feed. */
  public static String table(List<KeyEntry> keys) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"ID", "NAME", "ROLES", "STATE", "CREATED", "EXPIRES", "LAST USED"});
    for (KeyEntry key : keys) {
      rows.add(
          new String[] {
            key.id(),
            key.name(),
            key.roles().isEmpty() ? "-" : String.join(",", key.roles()),
            state(key),
            seconds(key.created()),
            seconds(key.expires()),
            seconds(key.lastUsed())
          });
    }
    return StatusTable.align(rows);
  }

  /** Returns an array, empty if there are none. */
  public static String json(List<KeyEntry> keys) throws JsonProcessingException {
    return StatusJson.write(
        keys.stream()
            .map(key ->
                new Row(
                    key.id(),
                    key.name(),
                    key.roles(),
                    state(key),
                    key.created(),
                    key.expires(),
                    key.revoked(),
                    key.lastUsed()))
            .toList());
  }

  private static String state(KeyEntry key) {
    return key.state().name().toLowerCase(Locale.ROOT);
  }

  private static String seconds(@Nullable Instant time) {
    return time == null ? "-" : time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
