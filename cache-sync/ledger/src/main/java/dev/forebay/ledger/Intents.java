package dev.forebay.ledger;

import dev.forebay.ledger.LedgerSql.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What KV may hold without the ledger knowing: the calls under way, and an intent for each key
 * whose call had no definite answer.
 *
 * <p>Order of a publish: {@link Documents#find}, {@link #open}, the call to KV, {@link #close}. A
 * call that cannot be closed is {@link #abandon abandoned}; one that a process left behind when it
 * died is {@link #inherit inherited}. Either leaves an intent for each key, whose current state is
 * then asserted.
 */
public final class Intents {

  private static final String FROM_CALLS =
      """
      insert into intent (kv_key, model, key_values, operation, hash, term, deadline)
      select distinct on (kv_key) kv_key, model, key_values, operation, hash, term, deadline
      from key_of_call where %s
      order by kv_key, deadline desc
      on conflict (kv_key) do update set
        operation = excluded.operation, hash = excluded.hash, term = excluded.term,
        deadline = greatest(intent.deadline, excluded.deadline)\
      """;

  private final LedgerSql sql;

  Intents(LedgerSql sql) {
    this.sql = sql;
  }

  /** Returns every intent, by key; calls under way have none. */
  public List<Intent> list() {
    return sql.transaction(
        "list intents",
        tx ->
            tx.query(
                "select kv_key, model, key_values, hash, deadline from intent order by kv_key",
                row ->
                    new Intent(Documents.key(row), row.getString(4), LedgerSql.instant(row, 5))));
  }

  /**
   * Commits a call that is about to be made; of one that is open already the later deadline.
   *
   * @param term the caller's lease
   * @throws LedgerException.LeaseLost if another worker leads; do not make the call
   */
  public void open(long term, Call call) {
    sql.leading(
        "open a call",
        term,
        tx ->
            tx.update(
                """
                insert into call (id, term, deadline, kv_keys, models, key_values, hashes)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set
                  deadline = greatest(call.deadline, excluded.deadline)\
                """,
                call.id(),
                term,
                call.deadline(),
                tx.texts(call.keys(), one -> one.key().kvKey()),
                tx.texts(call.keys(), one -> one.key().model()),
                tx.arrays(call.keys(), one -> one.key().values()),
                tx.texts(call.keys(), Call.Intended::hash)));
  }

  /**
   * Records how a call ended.
   *
   * @param settled what keys hold now, see {@link Documents#settle}; those with a time until which
   *     an earlier call may still land keep an intent, or get one
   * @param unanswered until when the call may still be applied to the others, by KV key
   * @throws LedgerException if the call is not open: nothing is recorded
   */
  public void close(
      long term, UUID call, Collection<Settled> settled, Map<String, Instant> unanswered) {
    Map<String, @Nullable Instant> openUntil = new LinkedHashMap<>(unanswered);
    settled.forEach(one -> openUntil.put(one.key().kvKey(), one.openUntil()));
    sql.leading(
        "close a call",
        term,
        tx -> {
          Documents.store(tx, settled);
          keep(tx, call, openUntil);
          if (tx.update("delete from call where id = ?", call) != 1) {
            throw new LedgerException("ledger: the call is not open any more");
          }
        });
  }

  private static void keep(Transaction tx, UUID call, Map<String, @Nullable Instant> openUntil)
      throws SQLException {
    List<String> closed = new ArrayList<>();
    List<Map.Entry<String, @Nullable Instant>> kept = new ArrayList<>();
    for (Map.Entry<String, @Nullable Instant> one : openUntil.entrySet()) {
      if (one.getValue() == null) {
        closed.add(one.getKey());
      } else {
        kept.add(one);
      }
    }
    if (!closed.isEmpty()) {
      tx.update("delete from intent where kv_key = any(?)", tx.texts(closed));
    }
    if (!kept.isEmpty()) {
      int intents =
          tx.update(
              """
              insert into intent (kv_key, model, key_values, operation, hash, term, deadline)
              select c.kv_key, c.model, c.key_values, c.operation, c.hash, c.term, u.until::timestamptz
              from key_of_call c join unnest(?, ?) as u (kv_key, until) on u.kv_key = c.kv_key
              where c.call = ?
              on conflict (kv_key) do update set
                operation = excluded.operation, hash = excluded.hash, term = excluded.term,
                deadline = excluded.deadline\
              """,
              tx.texts(kept, Map.Entry::getKey),
              tx.texts(kept, one -> String.valueOf(one.getValue())),
              call);
      if (intents != kept.size()) {
        throw new LedgerException("ledger: a key without an answer is not one of the call");
      }
    }
  }

  /**
   * Makes intents of calls of which the ledger could not be told how they ended; those that are not
   * open are passed over.
   *
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public void abandon(long term, Collection<UUID> calls) {
    sql.leading(
        "abandon calls",
        term,
        tx -> {
          tx.update(FROM_CALLS.formatted("call = any(?)"), tx.uuids(calls));
          tx.update("delete from call where id = any(?)", tx.uuids(calls));
        });
  }

  /**
   * Makes intents of all calls: a worker that begins has none of its own, and those that another
   * one left behind nobody will close.
   *
   * @return every intent, by key
   * @throws LedgerException.LeaseLost if another worker leads
   */
  public List<Intent> inherit(long term) {
    sql.leading(
        "inherit calls",
        term,
        tx -> {
          tx.update(FROM_CALLS.formatted("true"));
          tx.update("delete from call");
        });
    return list();
  }
}
