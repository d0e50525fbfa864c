package dev.forebay.kv.emulator;

import dev.forebay.kv.emulator.EmulatorConfig.Access;
import dev.forebay.kv.emulator.EmulatorConfig.Token;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** An account's tokens, namespaces, rate and quotas. Safe for any thread. */
final class EmulatedAccount {

  /** What the daily quotas count. */
  enum Quota {
    READS,
    WRITES,
    DELETES,
    LISTS
  }

  private static final int QUOTA_USED_UP = 10048;
  private static final int THROTTLED = 971;

  private final String id;
  private final List<Token> tokens;
  private final EmulatorConfig config;
  private final Map<String, EmulatedNamespace> namespaces = new LinkedHashMap<>();
  private final Map<Quota, Long> used = new EnumMap<>(Quota.class);
  private long day;
  private Instant windowEnds = Instant.MIN;
  private Instant lockedUntil = Instant.MIN;
  private int requests;

  EmulatedAccount(EmulatorConfig.Account account, EmulatorConfig config) {
    this.id = account.id();
    this.tokens = account.tokens();
    this.config = config;
    account.namespaces().forEach(ns -> namespaces.put(ns, new EmulatedNamespace(ns, ns, config)));
  }

  String id() {
    return id;
  }

  Optional<Token> token(String text) {
    return tokens.stream().filter(token -> token.text().equals(text)).findFirst();
  }

  /** Refuses a token that may not do this. */
  void authorise(Token token, Operation operation) {
    boolean enough =
        operation == Operation.VERIFY_TOKEN
            || token.access() == Access.WRITE
            || (token.access() == Access.READ && !operation.writes());
    if (!enough) {
      throw new ApiError(403, 10000, "Authentication error");
    }
  }

  /**
   * Counts a request; refuses it, and all others for a window, if it is one too many.
   *
   * @return the {@code Ratelimit} header for the answer
   */
  synchronized String admit() {
    Instant now = config.clock().instant();
    EmulatorLimits limits = config.limits();
    if (lockedUntil.isAfter(now)) {
      throw lockedOut(now);
    }
    if (!windowEnds.isAfter(now)) {
      windowEnds = now.plus(limits.window());
      requests = 0;
    }
    if (requests >= limits.requests()) {
      lockedUntil = now.plus(limits.window());
      throw lockedOut(now);
    }
    requests++;
    return "\"default\";r=%d;t=%d"
        .formatted(limits.requests() - requests, seconds(now, windowEnds));
  }

  private ApiError lockedOut(Instant now) {
    long seconds = seconds(now, lockedUntil);
    return new ApiError(
        429,
        THROTTLED,
        "Please wait and consider throttling your request speed",
        Map.of("Retry-After", Long.toString(seconds), "Ratelimit", "\"default\";r=0;t=" + seconds));
  }

  /** Rounded up, so that nobody comes back too early. */
  private static long seconds(Instant from, Instant to) {
    return (to.toEpochMilli() - from.toEpochMilli() + 999) / 1000;
  }

  /** Uses up some of a daily quota, or refuses. */
  synchronized void spend(Quota quota, int amount) {
    long today = config.clock().instant().atOffset(ZoneOffset.UTC).toLocalDate().toEpochDay();
    if (today != day) {
      used.clear();
      day = today;
    }
    EmulatorLimits limits = config.limits();
    long allowed =
        switch (quota) {
          case READS -> limits.dailyReads();
          case WRITES -> limits.dailyWrites();
          case DELETES -> limits.dailyDeletes();
          case LISTS -> limits.dailyLists();
        };
    long then = used.getOrDefault(quota, 0L) + amount;
    if (then > allowed) {
      throw new ApiError(
          429, QUOTA_USED_UP, "your account has reached its free usage limit for today");
    }
    used.put(quota, then);
  }

  synchronized Collection<EmulatedNamespace> namespaces() {
    return List.copyOf(namespaces.values());
  }

  synchronized EmulatedNamespace namespace(String namespaceId) {
    EmulatedNamespace namespace = namespaces.get(namespaceId);
    if (namespace == null) {
      throw new ApiError(404, 10013, "namespace not found");
    }
    return namespace;
  }

  synchronized EmulatedNamespace create(String title) {
    refuseTaken(title);
    String newId = UUID.randomUUID().toString().replace("-", "");
    EmulatedNamespace namespace = new EmulatedNamespace(newId, title, config);
    namespaces.put(newId, namespace);
    return namespace;
  }

  synchronized void rename(EmulatedNamespace namespace, String title) {
    if (!namespace.title().equals(title)) {
      refuseTaken(title);
    }
    namespace.rename(title);
  }

  synchronized void delete(EmulatedNamespace namespace) {
    namespaces.remove(namespace.id());
  }

  private void refuseTaken(String title) {
    if (title.isEmpty() || title.length() > 512) {
      throw ApiError.invalid("title: 1 to 512 characters are needed");
    }
    if (namespaces.values().stream().anyMatch(other -> other.title().equals(title))) {
      throw new ApiError(400, 10014, "a namespace with this account ID and title already exists");
    }
  }
}
