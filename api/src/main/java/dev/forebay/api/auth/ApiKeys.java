package dev.forebay.api.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.forebay.model.Instance;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API keys of one instance, in table {@code api_key} of the ledger's schema.
 *
 * <p>A key is {@code fb_}, a public id, {@code _} and 160 random bits. The table holds only its
 * SHA-256; a key is looked up by its id, and the hashes are compared in constant time, so neither a
 * stolen table nor the time of an answer helps to find one; 160 bits need no slow hash. Keys of
 * earlier versions, without an id, go on working.
 *
 * <p>Caching: a key that was found is trusted for {@link #TRUST} without asking again, so an expiry
 * or a revocation by another process takes that long to be felt. Keys that are not found are not
 * remembered; a text that cannot be a key costs no query.
 *
 * <p>Safe for any thread.
 */
public final class ApiKeys {

  /** How long a found key is trusted. */
  public static final Duration TRUST = Duration.ofSeconds(5);

  /** How many keys of one name are live after {@link #rotate}. */
  public static final int LIVE_IN_ROTATION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(ApiKeys.class);
  private static final int MAX_TRUSTED_KEYS = 10_000;

  private final SecureRandom random = new SecureRandom();
  private final Cache<String, Trusted> trusted;
  private final DataSource dataSource;
  private final KeyTable table;

  /**
   * @param dataSource not closed here
   * @param instance whose ledger holds the keys
   */
  public ApiKeys(DataSource dataSource, Instance instance) {
    this(dataSource, instance, Ticker.systemTicker());
  }

  ApiKeys(DataSource dataSource, Instance instance, Ticker ticker) {
    this.dataSource = dataSource;
    this.table = new KeyTable(instance);
    this.trusted =
        Caffeine.newBuilder()
            .ticker(ticker)
            .expireAfterWrite(TRUST)
            .maximumSize(MAX_TRUSTED_KEYS)
            .build();
  }

  /**
   * A key as the table had it.
   *
   * @param hash compared with what a client presents
   * @param used whether its use within this hour is noted
   */
  private record Trusted(String hash, Principal principal, AtomicBoolean used) {}

  private interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /**
   * Makes a key.
   *
   * @return the key; it is stored nowhere and cannot be shown again
   */
  public String create(KeyGrant grant) throws SQLException {
    return make(grant, Integer.MAX_VALUE);
  }

  /** Makes a key without an expiry, as {@link #create(KeyGrant)} does. */
  public String create(String name, Set<String> roles) throws SQLException {
    return create(new KeyGrant(name, roles, null));
  }

  /**
   * Makes a key as {@link #create(KeyGrant)} does and lets one older key of that name live: of all
   * that are live, the newest {@link #LIVE_IN_ROTATION} stay, the others are revoked. So clients
   * have until the next rotation to change theirs.
   */
  public String rotate(KeyGrant grant) throws SQLException {
    return make(grant, LIVE_IN_ROTATION);
  }

  /** Makes a key as {@link #create(KeyGrant)} does and revokes every other key of that name. */
  public String replace(KeyGrant grant) throws SQLException {
    return make(grant, 1);
  }

  /** Makes a key without an expiry, as {@link #replace(KeyGrant)} does. */
  public String replace(String name, Set<String> roles) throws SQLException {
    return replace(new KeyGrant(name, roles, null));
  }

  /**
   * Makes a key that the caller has kept valid, with these roles and no expiry, whatever it was
   * before. For a development key that should outlive restarts.
   *
   * @param key an earlier result of {@link #create} or {@link #replace}
   * @throws IllegalArgumentException if it has not the form of a key
   */
  public void ensure(String key, String name, Set<String> roles) throws SQLException {
    ApiKey kept =
        ApiKey.parse(key)
            .orElseThrow(() -> new IllegalArgumentException("it has not the form of an API key"));
    KeyGrant grant = new KeyGrant(name, roles, null);
    inTransaction(connection -> {
      table.store(connection, kept, grant);
      return kept;
    });
    trusted.invalidate(kept.id());
  }

  /** Lists all keys there are or were, sorted by name, the newest first. */
  public List<KeyEntry> list() throws SQLException {
    return inTransaction(table::list);
  }

  /**
   * Revokes keys; other processes feel it within {@link #TRUST}.
   *
   * @param ids those that {@link #list} shows
   * @return the ids of the revoked ones; what is missing is unknown or was revoked before
   */
  public List<String> revoke(Collection<String> ids) throws SQLException {
    List<String> revoked = inTransaction(connection -> table.revoke(connection, ids));
    trusted.invalidateAll(revoked);
    return revoked;
  }

  /** Revokes every live key of a name, as {@link #revoke} does. */
  public List<String> revokeByName(String name) throws SQLException {
    List<String> revoked = inTransaction(connection -> table.revokeByName(connection, name, 0));
    trusted.invalidateAll(revoked);
    return revoked;
  }

  /**
   * Finds whose key this is.
   *
   * @param presented what the client sent, anything
   * @return empty if it is no key, unknown, expired or revoked
   * @throws SQLException if the database could not be asked; the key may be good
   */
  public Optional<Principal> find(String presented) throws SQLException {
    ApiKey key = ApiKey.parse(presented).orElse(null);
    if (key == null) {
      return Optional.empty();
    }
    Trusted known = trusted.getIfPresent(key.id());
    return proven(key, known == null ? load(key) : known);
  }

  /** Finds whose key this is without asking the database; empty says nothing of the key. */
  public Optional<Principal> findTrusted(String presented) {
    return ApiKey.parse(presented).flatMap(key -> proven(key, trusted.getIfPresent(key.id())));
  }

  private Optional<Principal> proven(ApiKey key, @Nullable Trusted known) {
    if (known == null || !key.hasHash(known.hash())) {
      return Optional.empty();
    }
    if (known.used().compareAndSet(false, true)) {
      Thread.ofVirtual().name("api-key-use").start(() -> use(key.id()));
    }
    return Optional.of(known.principal());
  }

  private @Nullable Trusted load(ApiKey key) throws SQLException {
    KeyTable.Row row;
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(true);
      row = table.find(connection, key.id()).orElse(null);
    }
    if (row == null) {
      return null;
    }
    Principal principal = new Principal(row.name(), row.roles(), Principal.NO_CLAIMS);
    Trusted found = new Trusted(row.hash(), principal, new AtomicBoolean(row.used()));
    trusted.put(key.id(), found);
    return found;
  }

  /** Beside the request, which does not wait for a write that may fail. */
  private void use(String id) {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(true);
      table.use(connection, id);
    } catch (SQLException e) {
      LOG.atDebug().setCause(e).addKeyValue("key", id).log("last use of a key not noted");
    }
  }

  private String make(KeyGrant grant, int live) throws SQLException {
    ApiKey key = ApiKey.random(random);
    List<String> revoked =
        inTransaction(connection -> {
          table.lock(connection, grant.name());
          table.store(connection, key, grant);
          return table.revokeByName(connection, grant.name(), live);
        });
    trusted.invalidateAll(revoked);
    return key.text();
  }

  private <T> T inTransaction(Work<T> work) throws SQLException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      T result = work.on(connection);
      connection.commit();
      return result;
    }
  }
}
