package dev.forebay.ops.config;

import org.jspecify.annotations.Nullable;

/** Every environment variable Forebay reads, with its default. */
public enum Variable {
  DATABASE_URL(
      null, "postgres://host:5432/name or jdbc:postgresql://host:5432/name, of the primary"),
  DATABASE_USER(null, "database user; unset: the URL's, else the operating system's"),
  DATABASE_PASSWORD(null, "its password; unset: the URL's, else none"),
  DATABASE_POOL("10", "connections kept open, 2 to 200"),
  INSTANCE("forebay", "name of this Forebay in the database: slot, schema, key prefix"),
  MODELS("forebay.yaml", "the file that declares documents and resources"),
  KV_BASE_URL("https://api.cloudflare.com/client/v4", "Cloudflare's API, or a local server's"),
  KV_ACCOUNT(null, "Cloudflare account id; unset only with a local server"),
  KV_NAMESPACE(null, "Workers KV namespace id"),
  KV_TOKEN(null, "API token with the permission Workers KV Storage Write"),
  DRAIN_SECONDS(
      "10", "how long sync goes on to settle what it has read when told to stop, 0 to 600"),
  RESYNC_RATE("0", "documents that resyncs look at per second, 0 to 1000000; 0: no limit"),
  VERIFY_HOURS("24", "in which sync looks once at every document in KV, 0 to 8760; 0: never"),
  VERIFY_REPAIR("true", "whether it writes again what it finds wrong there, true or false"),
  ON_FAILOVER("halt", "what sync does when the database has failed over: halt or continue"),
  KV_REQUESTS(
      null, "API calls of this process per 5 minutes, 2 to 1000000; unset: 960, local: any"),
  KV_WRITES_PER_DAY("0", "pairs written to KV in a day (UTC), 0 to 1000000000; 0: no cap"),
  KV_TIMEOUT("90", "seconds one call to KV may take, 1 to 600"),
  KV_LATE("120", "seconds after which a call given up is applied no more, 0 to 3600"),
  API_HOST("127.0.0.1", "address the API listens on"),
  API_PORT("8080", "port of the API, 1 to 65535"),
  API_PREPARED("true", "false where the API reaches the database through PgBouncer before 1.21"),
  API_REQUESTS_PER_SECOND("200", "requests of one principal, 0 to 1000000; 0: any number"),
  API_REQUESTS_BURST("400", "requests that one may send at once after a pause, 1 to 1000000"),
  API_IN_FLIGHT(null, "requests worked on at once, 1 to 100000; unset: 8 for each connection"),
  API_CONNECTIONS("2000", "connections of clients at once, 1 to 100000"),
  API_BODY_BYTES("1048576", "the largest body of a request, 1024 to 67108864"),
  API_STOP_SECONDS("10", "how long requests in flight may take when it is told to stop, 0 to 600"),
  API_CORS_ORIGINS(
      null, "origins whose pages may call, such as https://a.example,https://b.example"),
  JWT_ISSUER(
      null, "the iss of the tokens that the API accepts; with the other JWT_ ones, or unset"),
  JWT_AUDIENCE(null, "the aud that these tokens have, or have among others"),
  JWT_JWKS_URL(null, "where their issuer publishes its keys, https"),
  JWT_ROLES_CLAIM(null, "their claim that holds roles, or a JSON Pointer: /realm_access/roles"),
  TOKEN_SECRET(
      null,
      "signs what tells a client's writes apart, 32 characters at least; the site has it too"),
  TOKEN_SECRET_OLD(null, "the one before, accepted too while every process learns the new one"),
  TOKEN_COOKIE(
      "off", "whether writes set the token as a cookie: off, on, or its domain: example.com"),
  ORIGIN_CACHE_BYTES("67108864", "memory for documents that the edge reads, 1048576 to 2147483647"),
  ORIGIN_REQUESTS_PER_SECOND(
      "20", "documents that one client of the edge may ask for, 0 to 100000; 0: any number"),
  ADMIN_HOST("127.0.0.1", "address the admin port listens on; keep it private"),
  ADMIN_PORT("8081", "port for metrics, health and status, 1 to 65535");

  private final @Nullable String defaultValue;
  private final String about;

  Variable(@Nullable String defaultValue, String about) {
    this.defaultValue = defaultValue;
    this.about = about;
  }

  /** The name in the environment: {@code FOREBAY_DATABASE_URL}. */
  public String variable() {
    return "FOREBAY_" + name();
  }

  /** What an unset or empty variable stands for; null where there is no default. */
  public @Nullable String defaultValue() {
    return defaultValue;
  }

  /** What it is and what is allowed, for {@code --help}. */
  public String about() {
    return about;
  }
}
