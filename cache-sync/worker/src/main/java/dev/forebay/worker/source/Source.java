package dev.forebay.worker.source;

import dev.forebay.model.Affected;
import dev.forebay.model.DocumentKey;
import dev.forebay.model.RowChange;
import dev.forebay.model.Snapshot;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Where documents come from. Safe for any thread. */
public interface Source {

  /** Takes a new snapshot; blocks while no connection is free. Close the session. */
  Session open() throws SQLException;

  /** One snapshot of the primary. Confined to one thread. */
  interface Session extends AutoCloseable {

    /** What this session sees, and so the version of what is built in it. */
    Snapshot snapshot();

    /** The database's clock when the snapshot was taken. */
    Instant databaseTime();

    /**
     * Finds the documents that changed rows touch.
     *
     * @param limit how many to look for; more of them in the result mean that there may be others
     * @throws dev.forebay.model.IncompleteImageException naming rows that cannot be routed
     */
    List<Affected> affected(List<RowChange> changes, int limit) throws SQLException;

    /**
     * Builds documents of one model.
     *
     * @param keys at least one; a model that no file declares owns no document
     * @return what became of at least one of the keys; of the others, where they are many or large,
     *     nothing: ask again
     * @throws SQLException for a reason that is not in the data of the documents; also if the model
     *     has stopped
     */
    List<Content> build(String model, Collection<DocumentKey> keys) throws SQLException;

    @Override
    void close() throws SQLException;
  }
}
