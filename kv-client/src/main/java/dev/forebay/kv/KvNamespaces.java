package dev.forebay.kv;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.kv.http.KvHttp;
import dev.forebay.kv.http.KvRequest;
import dev.forebay.kv.http.KvRequest.Effect;
import dev.forebay.kv.pace.RequestBudget;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * The namespaces of one account, and whether its token is good. Safe for any thread; calls block
 * and throw {@link KvException} as its subtypes say.
 */
public final class KvNamespaces implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MediaType JSON_TYPE = MediaType.get("application/json");
  private static final int PAGE = 1000;
  private static final int NAMESPACE_NOT_FOUND = 10013;

  /** What follows an account's id in {@link KvConfig#namespacesUrl()}. */
  private static final List<String> KV = List.of("storage", "kv", "namespaces");

  private final KvHttp http;
  private final HttpUrl namespaces;

  /**
   * @param config its namespace id plays no part
   * @param budget shared by all clients of the process that use the same account
   */
  public KvNamespaces(KvConfig config, RequestBudget budget, KvListener listener) {
    this.http =
        new KvHttp(
            config, new OkHttpClient(), budget, listener, WriteGate.OPEN, InstantSource.system());
    this.namespaces = http.namespaces();
  }

  /** All of them, by title. */
  public List<KvNamespace> list() {
    List<KvNamespace> all = new ArrayList<>();
    for (int page = 1; ; page++) {
      HttpUrl url =
          namespaces
              .newBuilder()
              .addQueryParameter("page", Integer.toString(page))
              .addQueryParameter("per_page", Integer.toString(PAGE))
              .addQueryParameter("order", "title")
              .build();
      JsonNode envelope = http.send(KvRequest.read("list namespaces", url)).answer().envelope();
      envelope.path("result").forEach(node -> all.add(namespace(node)));
      // A server without paging counts no total and tells everything at once.
      int total = envelope.path("result_info").path("total_count").asInt(0);
      if (all.size() >= total || envelope.path("result").isEmpty()) {
        return all;
      }
    }
  }

  /** The namespace with this title. */
  public Optional<KvNamespace> findByTitle(String title) {
    return list().stream().filter(namespace -> namespace.title().equals(title)).findFirst();
  }

  /** The namespace with this id. */
  public Optional<KvNamespace> find(String id) {
    try {
      HttpUrl url = one(id);
      JsonNode result =
          http.send(KvRequest.read("get namespace", url)).answer().envelope().path("result");
      return Optional.of(namespace(result));
    } catch (KvException.NotFound e) {
      if (e.codes().contains(NAMESPACE_NOT_FOUND)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Makes a namespace.
   *
   * @param title 1 to 512 characters
   * @throws KvException.Rejected if the title is taken (code 10014)
   * @throws KvException.Ambiguous if there is no answer; look with {@link #findByTitle} before
   *     trying again
   */
  public KvNamespace create(String title) {
    KvRequest request =
        new KvRequest("create namespace", "POST", namespaces, title(title), 0, Effect.ADDS, false);
    return namespace(http.send(request).answer().envelope().path("result"));
  }

  /** Gives a namespace another title. */
  public void rename(String id, String title) {
    http.send(KvRequest.set("rename namespace", "PUT", one(id), title(title), 0));
  }

  /** Deletes a namespace with everything in it. */
  public void delete(String id) {
    http.send(KvRequest.set("delete namespace", "DELETE", one(id), null, 0));
  }

  /**
   * The state of a token that belongs to a user, such as {@code active}. A good token need not have
   * permission for KV: {@link KvClient#check} proves that.
   *
   * @throws KvException.Unauthorised if it is not one of these
   */
  public String verifyUserToken() {
    return verify(up(KV.size() + 2).addPathSegments("user/tokens/verify").build());
  }

  /** The state of a token that belongs to the account. As {@link #verifyUserToken} otherwise. */
  public String verifyAccountToken() {
    return verify(up(KV.size()).addPathSegments("tokens/verify").build());
  }

  private String verify(HttpUrl url) {
    JsonNode envelope = http.send(KvRequest.read("verify token", url)).answer().envelope();
    return envelope.path("result").path("status").asText();
  }

  /** The URL without its last segments, which must be those of Cloudflare's API. */
  private HttpUrl.Builder up(int segments) {
    List<String> path = namespaces.pathSegments();
    int account = path.size() - KV.size() - 2;
    if (account < 0
        || !path.get(account).equals("accounts")
        || !path.subList(account + 2, path.size()).equals(KV)) {
      throw new KvException.Rejected(
          "verify token: " + namespaces + " does not end in /accounts/ID/storage/kv/namespaces");
    }
    HttpUrl.Builder url = namespaces.newBuilder();
    for (int i = 0; i < segments; i++) {
      url.removePathSegment(path.size() - 1 - i);
    }
    return url;
  }

  private HttpUrl one(String id) {
    return namespaces.newBuilder().addPathSegment(id).build();
  }

  private static @Nullable RequestBody title(String title) {
    return RequestBody.create(JSON.createObjectNode().put("title", title).toString(), JSON_TYPE);
  }

  private static KvNamespace namespace(JsonNode node) {
    return new KvNamespace(node.path("id").asText(), node.path("title").asText());
  }

  @Override
  public void close() {
    http.close();
  }
}
