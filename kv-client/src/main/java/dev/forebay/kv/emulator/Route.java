package dev.forebay.kv.emulator;

import java.util.List;

/**
 * Where a request goes.
 *
 * @param account empty if the path names none
 * @param namespace empty if the path names none
 * @param key empty if the path names none
 */
record Route(Operation operation, String account, String namespace, String key) {

  private static final List<String> API = List.of("client", "v4");
  private static final List<String> KV = List.of("storage", "kv", "namespaces");

  static Route of(HttpRequest request) {
    List<String> path = request.path();
    if (path.size() > 2 && path.subList(0, 2).equals(API)) {
      List<String> rest = path.subList(2, path.size());
      if (rest.equals(List.of("user", "tokens", "verify"))) {
        return new Route(Operation.VERIFY_TOKEN, "", "", "");
      }
      if (rest.size() >= 2 && rest.getFirst().equals("accounts")) {
        return ofAccount(request, rest.get(1), rest.subList(2, rest.size()));
      }
    }
    throw noRoute();
  }

  private static Route ofAccount(HttpRequest request, String account, List<String> rest) {
    if (rest.equals(List.of("tokens", "verify"))) {
      return new Route(Operation.VERIFY_TOKEN, account, "", "");
    }
    if (rest.size() < 3 || !rest.subList(0, 3).equals(KV)) {
      throw noRoute();
    }
    String namespace = rest.size() > 3 ? rest.get(3) : "";
    List<String> tail = rest.size() > 4 ? rest.subList(4, rest.size()) : List.of();
    Operation operation = operation(request.method(), namespace, tail);
    String key = tail.size() == 2 ? tail.get(1) : "";
    return new Route(operation, account, namespace, key);
  }

  private static Operation operation(String method, String namespace, List<String> tail) {
    if (namespace.isEmpty()) {
      return switch (method) {
        case "GET" -> Operation.LIST_NAMESPACES;
        case "POST" -> Operation.CREATE_NAMESPACE;
        default -> throw noRoute();
      };
    }
    boolean ofKey = tail.size() == 2 && !tail.get(0).equals("bulk");
    String what = ofKey ? tail.get(0) + "/KEY" : String.join("/", tail);
    return switch (method + " " + what) {
      case "GET " -> Operation.GET_NAMESPACE;
      case "PUT " -> Operation.RENAME_NAMESPACE;
      case "DELETE " -> Operation.DELETE_NAMESPACE;
      case "GET keys" -> Operation.LIST_KEYS;
      case "GET values/KEY" -> Operation.GET_VALUE;
      case "PUT values/KEY" -> Operation.PUT_VALUE;
      case "DELETE values/KEY" -> Operation.DELETE_VALUE;
      case "GET metadata/KEY" -> Operation.GET_METADATA;
      case "PUT bulk" -> Operation.BULK_WRITE;
      case "POST bulk/delete", "DELETE bulk" -> Operation.BULK_DELETE;
      case "POST bulk/get" -> Operation.BULK_GET;
      default -> throw noRoute();
    };
  }

  private static ApiError noRoute() {
    return new ApiError(
        404, 7003, "Could not route to the path; perhaps your object identifier is invalid?");
  }
}
