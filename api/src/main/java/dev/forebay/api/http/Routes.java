package dev.forebay.api.http;

import io.javalin.router.JavalinDefaultRoutingApi;

/** Something that serves requests, behind the gate. */
public interface Routes {

  /** Adds its routes; called once, before the server starts. */
  void register(JavalinDefaultRoutingApi routes);
}
