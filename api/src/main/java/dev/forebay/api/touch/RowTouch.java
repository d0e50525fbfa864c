package dev.forebay.api.touch;

import dev.forebay.api.problem.SqlState;
import dev.forebay.api.resource.ResourceTable;
import dev.forebay.api.row.Applied;
import dev.forebay.api.row.Operation;
import dev.forebay.api.row.Precondition;
import dev.forebay.api.touch.image.Along;
import dev.forebay.api.touch.image.Cascade;
import dev.forebay.api.touch.image.Image;
import dev.forebay.api.touch.image.ImageReader;
import dev.forebay.api.transaction.Script;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows that operations change, before and after, and routes them at the end.
 *
 * <p>Completeness: the end sees everything that the transaction did, and of each changed row there
 * is an image from before and one from after, as the log would have them; so what holds for the
 * worker's routing holds here (see {@code Router}), but for one thing: another transaction may move
 * rows around, and commit between the routing and this COMMIT. So both images are routed again
 * after it: who commits later than that is seen only by who sees this transaction too. What
 * operations did not do themselves (triggers, referential actions, rules) shows in PostgreSQL's own
 * counts of changed rows: where these differ from what is known, every model that reads the table
 * is touched wholly.
 */
final class RowTouch implements Touch {

  private final Touches touches;
  private final Looks looks;
  private final boolean blind;
  private final LookTime time;
  private final Deeds deeds = new Deeds();
  private Counts start = Counts.NONE;
  private Counts mark = Counts.NONE;
  private @Nullable Connection opened;
  private @Nullable Ending ending;

  RowTouch(Touches touches, boolean blind) {
    this.touches = touches;
    this.looks = touches.looks();
    this.blind = blind;
    this.time = new LookTime(touches.mostTime());
  }

  @Override
  public void open(Connection connection, Script script) {
    opened = connection;
    looks.count(script, counts -> start = counts);
  }

  @Override
  public Before before(ResourceTable resource, Operation operation) throws SQLException {
    List<String> key =
        switch (operation) {
          case Operation.Create create -> List.of();
          // It changes no row that is there, so none has to be waited for.
          case Operation.Put put when put.precondition() instanceof Precondition.Absent ->
              List.of();
          case Operation.Put put -> put.key();
          case Operation.Patch patch -> patch.body().isEmpty() ? List.of() : patch.key();
          case Operation.Delete delete -> delete.key();
        };
    ImageReader reader = touches.images().reader(resource.name());
    if (blind || reader == null || !resource.isKey(key)) {
      return Before.NOTHING;
    }
    boolean deletes = operation instanceof Operation.Delete;
    ImageReader.Lock lock = deletes ? ImageReader.Lock.DELETE : ImageReader.Lock.CHANGE;
    try {
      List<Image> rows = new ArrayList<>();
      Script script = new Script();
      reader.byKey(script, resource, List.of(key), lock, rows::add);
      script.run(connection());
      if (rows.isEmpty()) {
        return new Before(key, null, List.of());
      }
      Image row = rows.getFirst();
      return new Before(key, row, deletes ? along(row) : List.of());
    } catch (SQLException e) {
      // Looking took too long, or a row that goes along was locked; the write itself may be quick.
      boolean slow = SqlState.of(e).equals(SqlState.QUERY_CANCELED);
      if (Looks.concernsTheWrite(e) || (SqlState.isOfTimeOrRoom(e) && !slow)) {
        throw e;
      }
      throw new TouchFailedException(e);
    }
  }

  /** Beyond the time they are left out, and show in the counts. */
  private List<Along> along(Image row) throws SQLException {
    long left = time.leftMillis();
    long began = System.nanoTime();
    try {
      return left == 0 ? List.of() : new Cascade(touches.images(), connection(), left).of(row);
    } finally {
      time.spend(began);
    }
  }

  @Override
  public void applied(ResourceTable resource, Before before, Applied applied) {
    if (!blind && touches.images().reader(resource.name()) != null) {
      deeds.add(resource, before, applied);
    }
  }

  @Override
  public void mayBeUndone() throws SQLException {
    mark = count();
  }

  @Override
  public void undone() throws SQLException {
    // What was rolled back stays counted, as if it had been there from the start.
    start = start.plus(count().since(mark));
  }

  private Counts count() throws SQLException {
    List<Counts> counts = new ArrayList<>();
    Script script = new Script();
    looks.count(script, counts::add);
    script.run(connection());
    return counts.getFirst();
  }

  @Override
  public Outcome end() throws SQLException {
    ending = new Ending(touches, connection(), deeds, time);
    return ending.find(start);
  }

  @Override
  public @Nullable Outcome committed() {
    return ending == null ? null : ending.findMore();
  }

  private Connection connection() {
    return Objects.requireNonNull(opened, "not opened");
  }
}
