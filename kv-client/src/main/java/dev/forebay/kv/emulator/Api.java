package dev.forebay.kv.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.forebay.kv.emulator.EmulatedAccount.Quota;
import dev.forebay.kv.emulator.EmulatorConfig.Token;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The REST API without HTTP: who may ask, how often, and for what. Safe for any thread. */
final class Api {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEARER = "Bearer ";

  private final EmulatorConfig config;
  private final Map<String, EmulatedAccount> accounts = new LinkedHashMap<>();

  Api(EmulatorConfig config) {
    this.config = config;
    config
        .accounts()
        .forEach(account -> accounts.put(account.id(), new EmulatedAccount(account, config)));
  }

  Optional<EmulatedAccount> account(String id) {
    return Optional.ofNullable(accounts.get(id));
  }

  /** Authenticates, counts and does what is asked; every error is an answer too. */
  Reply handle(Route route, HttpRequest request, Fault.Effect effect) {
    EmulatedAccount account = authenticate(route, request);
    String ratelimit = account.admit();
    Map<String, String> headers =
        Map.of(
            "Ratelimit",
            ratelimit,
            "Ratelimit-Policy",
            "\"default\";q=%d;w=%d"
                .formatted(config.limits().requests(), config.limits().window().toSeconds()));
    try {
      return perform(account, route, request, effect).with(headers);
    } catch (ApiError e) {
      return Reply.error(e).with(headers);
    }
  }

  private EmulatedAccount authenticate(Route route, HttpRequest request) {
    @Nullable String authorization = request.authorization();
    if (authorization == null) {
      throw new ApiError(401, 10000, "Authentication error");
    }
    if (!authorization.startsWith(BEARER) || authorization.length() == BEARER.length()) {
      throw new ApiError(400, 6003, "Invalid request headers");
    }
    String text = authorization.substring(BEARER.length());
    for (EmulatedAccount account : accounts.values()) {
      Token token = account.token(text).orElse(null);
      if (token != null) {
        boolean other = !route.account().isEmpty() && !route.account().equals(account.id());
        boolean wrongPlace =
            route.operation() == Operation.VERIFY_TOKEN
                && token.ownedByAccount() == route.account().isEmpty();
        if (other || wrongPlace) {
          throw new ApiError(403, 10000, "Authentication error");
        }
        account.authorise(token, route.operation());
        return account;
      }
    }
    throw new ApiError(401, 10000, "Authentication error");
  }

  private Reply perform(
      EmulatedAccount account, Route route, HttpRequest request, Fault.Effect effect) {
    return switch (route.operation()) {
      case VERIFY_TOKEN ->
          Reply.result(JSON.createObjectNode().put("id", "token").put("status", "active"), null);
      case LIST_NAMESPACES -> listNamespaces(account, request.query());
      case CREATE_NAMESPACE -> describe(account.create(title(request)));
      case GET_NAMESPACE -> describe(account.namespace(route.namespace()));
      case RENAME_NAMESPACE -> {
        EmulatedNamespace namespace = account.namespace(route.namespace());
        account.rename(namespace, title(request));
        yield describe(namespace);
      }
      case DELETE_NAMESPACE -> {
        account.delete(account.namespace(route.namespace()));
        yield Reply.result(null, null);
      }
      case LIST_KEYS -> {
        EmulatedNamespace namespace = account.namespace(route.namespace());
        account.spend(Quota.LISTS, 1);
        yield Reads.keys(namespace, request.query());
      }
      case GET_VALUE, GET_METADATA -> {
        EmulatedNamespace namespace = account.namespace(route.namespace());
        account.spend(Quota.READS, 1);
        yield route.operation() == Operation.GET_VALUE
            ? Reads.value(namespace, route.key())
            : Reads.metadata(namespace, route.key());
      }
      case BULK_GET -> {
        EmulatedNamespace namespace = account.namespace(route.namespace());
        Reads.Wanted wanted = Reads.wanted(request.body());
        account.spend(Quota.READS, wanted.keys().size());
        yield Reads.values(namespace, wanted);
      }
      case PUT_VALUE, DELETE_VALUE, BULK_WRITE, BULK_DELETE -> {
        EmulatedNamespace namespace = account.namespace(route.namespace());
        yield Writes.apply(
            account,
            namespace,
            route,
            request.number(),
            Writes.changes(route, request, config.clock().instant()),
            effect);
      }
    };
  }

  private static String title(HttpRequest request) {
    JsonNode title = Reads.parse(request.body()).path("title");
    if (!title.isTextual()) {
      throw ApiError.invalid("title must be a string");
    }
    return title.asText();
  }

  private static Reply describe(EmulatedNamespace namespace) {
    return Reply.result(node(namespace), null);
  }

  private static ObjectNode node(EmulatedNamespace namespace) {
    return JSON.createObjectNode()
        .put("id", namespace.id())
        .put("title", namespace.title())
        .put("supports_url_encoding", true);
  }

  private static Reply listNamespaces(EmulatedAccount account, Map<String, String> query) {
    int page = Reads.number(query, "page", 1, 1, Integer.MAX_VALUE);
    int perPage = Reads.number(query, "per_page", 20, 1, 1000);
    Comparator<EmulatedNamespace> order =
        query.getOrDefault("order", "id").equals("title")
            ? Comparator.comparing(EmulatedNamespace::title)
            : Comparator.comparing(EmulatedNamespace::id);
    boolean descending = query.getOrDefault("direction", "asc").equals("desc");
    List<EmulatedNamespace> all =
        account.namespaces().stream().sorted(descending ? order.reversed() : order).toList();
    ArrayNode result = JSON.createArrayNode();
    all.stream().skip((page - 1L) * perPage).limit(perPage).forEach(ns -> result.add(node(ns)));
    ObjectNode info =
        JSON.createObjectNode()
            .put("page", page)
            .put("per_page", perPage)
            .put("count", result.size())
            .put("total_count", all.size());
    return Reply.result(result, info);
  }
}
