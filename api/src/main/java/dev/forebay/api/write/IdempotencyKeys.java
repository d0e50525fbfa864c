package dev.forebay.api.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.SqlState;
import dev.forebay.api.transaction.Script;
import dev.forebay.model.Instance;
import dev.forebay.model.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replies by the idempotency keys of their requests, in table {@code idempotency} of the ledger's
 * schema. A reply is stored in the transaction of its write: there is one exactly if the other was
 * committed. What failed has no reply, and may be tried again under the same key.
 */
final class IdempotencyKeys {

  /** How long a reply is kept. */
  static final Duration KEPT = Duration.ofHours(24);

  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyKeys.class);

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final TypeReference<LinkedHashMap<String, String>> HEADERS =
      new TypeReference<>() {};

  /** Held until the transaction ends. Keys that collide only keep each other waiting. */
  private static final String LOCK =
      "select pg_try_advisory_xact_lock(hashtextextended(? || e'\\x1f' || ?, 20261126))";

  private final String find;
  private final String store;
  private final String settle;

  IdempotencyKeys(Instance instance) {
    String table = new TableName(instance.databaseName(), "idempotency").sql();
    String kept = "interval '" + KEPT.toSeconds() + " s'";
    this.find =
        "select fingerprint, status, headers, body, touched from "
            + table
            + " where principal = ? and key = ? and created_at > now() - "
            + kept;
    this.store =
        "insert into "
            + table
            + " as i (principal, key, fingerprint, status, headers, body, touched)"
            + " values (?, ?, ?, ?, ?::jsonb, ?, ?::jsonb) on conflict (principal, key) do update set"
            + " fingerprint = excluded.fingerprint, status = excluded.status,"
            + " headers = excluded.headers, body = excluded.body, touched = excluded.touched,"
            + " created_at = excluded.created_at"
            + " where i.created_at <= now() - "
            + kept;
    this.settle =
        "update "
            + table
            + " set headers = ?::jsonb, body = ?, touched = ?::jsonb"
            + " where principal = ? and key = ? and fingerprint = ? returning 1";
  }

  /**
   * Makes the key this transaction's own and looks for the reply to an earlier request.
   *
   * @throws ApiProblem if another transaction has the key now, or another request had it
   */
  Optional<Reply> claim(Connection connection, String principal, IdempotencyKey key)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setString(1, principal);
      statement.setString(2, key.key());
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next() || !row.getBoolean(1)) {
          throw ApiProblem.of(ProblemType.REQUEST_IN_PROGRESS).retryAfter(Duration.ofSeconds(1));
        }
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(find)) {
      statement.setString(1, principal);
      statement.setString(2, key.key());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(reply(row, key)) : Optional.empty();
      }
    }
  }

  private static Reply reply(ResultSet row, IdempotencyKey key) throws SQLException {
    if (!row.getString("fingerprint").equals(key.fingerprint())) {
      throw ApiProblem.of(ProblemType.IDEMPOTENCY_KEY_REUSED);
    }
    try {
      Map<String, String> headers = MAPPER.readValue(row.getString("headers"), HEADERS);
      return new Reply(
          row.getInt("status"),
          headers,
          row.getString("body"),
          TouchedJson.read(row.getString("touched")));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("headers are an object of texts", e);
    }
  }

  /**
   * Stores the reply of this transaction.
   *
   * @throws SQLException to be tried again, if there is one that this transaction could not see
   */
  void store(Connection connection, String principal, IdempotencyKey key, Reply reply)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(store)) {
      statement.setString(1, principal);
      statement.setString(2, key.key());
      statement.setString(3, key.fingerprint());
      statement.setInt(4, reply.status());
      statement.setString(5, MAPPER.writeValueAsString(reply.headers()));
      statement.setString(6, reply.body());
      statement.setString(7, TouchedJson.write(reply.touched()));
      if (statement.executeUpdate() == 0) {
        throw new SQLException("idempotency key in use", SqlState.SERIALIZATION_FAILURE);
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts can be written", e);
    }
  }

  /**
   * Replaces a reply, in a transaction of its own that does not wait for the disk: the one before
   * says the same of more documents, and stays where this cannot be done at once.
   *
   * @param connection in no transaction; it is left so
   */
  void settle(Connection connection, String principal, IdempotencyKey key, Reply reply) {
    try {
      String headers = MAPPER.writeValueAsString(reply.headers());
      new Script()
          .command("set local synchronous_commit = off")
          .command("set local statement_timeout = '100ms'")
          .query(
              settle,
              Script.Binder.of(
                  headers,
                  reply.body(),
                  TouchedJson.write(reply.touched()),
                  principal,
                  key.key(),
                  key.fingerprint()),
              Script.Reader.IGNORED)
          .command("commit")
          .run(connection);
    } catch (SQLException | JsonProcessingException e) {
      LOG.atDebug().setCause(e).log("a stored reply goes on naming whole models");
      try {
        connection.rollback();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
    }
  }
}
