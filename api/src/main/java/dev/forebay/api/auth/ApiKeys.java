package dev.forebay.api.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.forebay.model.Instance;
import dev.forebay.model.TableName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The API keys of one instance, in table {@code api_key} of the ledger's schema.
 *
 * <p>A key is {@code fb_} and 160 random bits. The table holds only its SHA-256, and a key is
 * looked up by that hash, so neither a stolen table nor the time of an answer helps to find one;
 * 160 bits need no slow hash.
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

  private static final int MAX_TRUSTED_KEYS = 10_000;
  private static final String PREFIX = "fb_";
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int LETTERS = 32;
  private static final Pattern FORM = Pattern.compile(PREFIX + "[a-z2-7]{" + LETTERS + "}");

  private final SecureRandom random = new SecureRandom();
  private final Cache<String, Principal> trusted =
      Caffeine.newBuilder().expireAfterWrite(TRUST).maximumSize(MAX_TRUSTED_KEYS).build();
  private final DataSource dataSource;
  private final String table;

  /**
   * @param dataSource not closed here
   * @param instance whose ledger holds the keys
   */
  public ApiKeys(DataSource dataSource, Instance instance) {
    this.dataSource = dataSource;
    this.table = new TableName(instance.databaseName(), "api_key").sql();
  }

  /**
   * Makes a key without an expiry.
   *
   * @param name of the principal; several keys may share it
   * @return the key; it is stored nowhere and cannot be shown again
   */
  public String create(String name, Set<String> roles) throws SQLException {
    String key = generate();
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, key, name, roles);
      connection.commit();
    }
    return key;
  }

  /** Makes a key as {@link #create} does and revokes every other key of that name. */
  public String replace(String name, Set<String> roles) throws SQLException {
    String key = generate();
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      revoke(connection, name);
      insert(connection, key, name, roles);
      connection.commit();
    }
    trusted.invalidateAll();
    return key;
  }

  /**
   * Makes a key that the caller has kept valid, with these roles and no expiry, whatever it was
   * before. For a development key that should outlive restarts.
   *
   * @param key an earlier result of {@link #create} or {@link #replace}
   * @throws IllegalArgumentException if it has not the form of a key
   */
  public void ensure(String key, String name, Set<String> roles) throws SQLException {
    if (!FORM.matcher(key).matches()) {
      throw new IllegalArgumentException("not an API key: it must match " + FORM);
    }
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      insert(connection, key, name, roles);
      connection.commit();
    }
    trusted.invalidate(hash(key));
  }

  /**
   * Finds whose key this is.
   *
   * @param presented what the client sent, anything
   * @return empty if it is no key, unknown, expired or revoked
   * @throws SQLException if the database could not be asked; the key may be good
   */
  public Optional<Principal> find(String presented) throws SQLException {
    if (!FORM.matcher(presented).matches()) {
      return Optional.empty();
    }
    String hash = hash(presented);
    Principal known = trusted.getIfPresent(hash);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Principal> found = select(hash);
    found.ifPresent(principal -> trusted.put(hash, principal));
    return found;
  }

  private Optional<Principal> select(String hash) throws SQLException {
    String sql =
        "select name, roles from "
            + table
            + " where hash = ? and revoked_at is null"
            + " and (expires_at is null or expires_at > clock_timestamp())";
    try (Connection connection = dataSource.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      connection.setAutoCommit(true);
      statement.setString(1, hash);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new Principal(row.getString(1), strings(row.getArray(2))))
            : Optional.empty();
      }
    }
  }

  private void insert(Connection connection, String key, String name, Set<String> roles)
      throws SQLException {
    String sql =
        "insert into "
            + table
            + " (hash, name, roles) values (?, ?, ?) on conflict (hash) do update set"
            + " name = excluded.name, roles = excluded.roles, expires_at = null, revoked_at = null";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, hash(key));
      statement.setString(2, name);
      statement.setArray(3, connection.createArrayOf("text", roles.stream().sorted().toArray()));
      statement.executeUpdate();
    }
  }

  private void revoke(Connection connection, String name) throws SQLException {
    String sql =
        "update " + table + " set revoked_at = now() where name = ? and revoked_at is null";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.executeUpdate();
    }
  }

  private static Set<String> strings(Array array) throws SQLException {
    return Set.copyOf(Arrays.asList((String[]) array.getArray()));
  }

  private String generate() {
    StringBuilder key = new StringBuilder(PREFIX);
    for (int i = 0; i < LETTERS; i++) {
      key.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return key.toString();
  }

  private static String hash(String key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
