package dev.forebay.ops.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.forebay.ledger.DeadLetter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Dead letters for people, as a table, and for scripts, as JSON. */
public final class DeadLetterReport {

  /** One element of the JSON; the names are the contract. */
  private record Row(
      String key,
      String model,
      String reason,
      int attempts,
      Instant firstAt,
      Instant lastAt,
      boolean retrying) {}

  private DeadLetterReport() {}

  /** Renders a line for each below a heading; the last line ends with a line feed. */
  public static String table(List<DeadLetter> letters) {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"KEY", "ATTEMPTS", "FIRST", "LAST", "REASON"});
    for (DeadLetter letter : letters) {
      rows.add(
          new String[] {
            letter.key().kvKey(),
            letter.attempts() + (letter.retrying() ? ", retry asked" : ""),
            seconds(letter.first()),
            seconds(letter.last()),
            letter.reason()
          });
    }
    return StatusTable.align(rows);
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** Returns an array, empty if there are none. */
  public static String json(List<DeadLetter> letters) throws JsonProcessingException {
    return StatusJson.write(
        letters.stream()
            .map(letter ->
                new Row(
                    letter.key().kvKey(),
                    letter.key().model(),
                    letter.reason(),
                    letter.attempts(),
                    letter.first(),
                    letter.last(),
                    letter.retrying()))
            .toList());
  }
}
