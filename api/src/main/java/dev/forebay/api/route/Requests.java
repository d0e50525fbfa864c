package dev.forebay.api.route;

import dev.forebay.api.http.Gate;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.transaction.Caller;
import dev.forebay.api.write.Request;
import dev.forebay.model.Resource;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What writes have to know of an HTTP request. */
final class Requests {

  private Requests() {}

  /**
   * Reads it from the headers.
   *
   * @param body of the request, or null if it has none
   * @param resources that it writes
   */
  static Request of(
      Context context,
      Caller caller,
      JsonBody.@Nullable Content body,
      Collection<Resource> resources) {
    boolean named = resources.stream().allMatch(resource -> Gate.maySee(caller, resource));
    return new Request(caller, IdempotencyHeader.of(context, body), tokens(context), named);
  }

  /** In headers of their own, or in the cookie; they are looked at where one is issued. */
  private static List<String> tokens(Context context) {
    List<String> tokens =
        new ArrayList<>(Collections.list(context.req().getHeaders(Tokens.HEADER)));
    String cookie = context.cookie(Tokens.COOKIE);
    if (cookie != null) {
      tokens.add(cookie);
    }
    return tokens;
  }
}
