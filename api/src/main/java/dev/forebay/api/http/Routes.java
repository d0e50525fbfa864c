package dev.forebay.api.http;

import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.Set;

/** Something that serves requests. */
public interface Routes {

  /**
   * What the paths begin with, slash at the end, whose routes find out by themselves whether a
   * request may be served. The gate asks for no key there; all else that it does, it does. No other
   * routes may have paths that begin so.
   */
  default Set<String> provenBelow() {
    return Set.of();
  }

  /** Adds what everybody may see, without a key; called once, before {@link #register}. */
  default void registerOpen(JavalinDefaultRoutingApi routes) {}

  /** Adds its routes, behind the gate; called once, before the server starts. */
  void register(JavalinDefaultRoutingApi routes);
}
