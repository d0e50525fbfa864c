package dev.forebay.api.http;

import io.javalin.router.JavalinDefaultRoutingApi;

/** Something that serves requests. */
public interface Routes {

  /** Adds what everybody may see, without a key; called once, before {@link #register}. */
  default void registerOpen(JavalinDefaultRoutingApi routes) {}

  /** Adds its routes, behind the gate; called once, before the server starts. */
  void register(JavalinDefaultRoutingApi routes);
}
