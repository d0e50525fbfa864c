package dev.forebay.api.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * Sends a body that is known in full. Javalin's own {@code result} copies every body through a new
 * buffer, which was a third of all that a small request allocated.
 */
public final class Answer {

  private Answer() {}

  /** Sends the body; nothing about the answer can be changed afterwards. */
  public static void send(Context context, String contentType, String body) {
    send(context, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** As above, for a body that is UTF-8 already. */
  public static void send(Context context, String contentType, byte[] bytes) {
    Admission.done(context);
    HttpServletResponse response = context.res();
    // What is left of a body that was not read would be taken for another request. Jetty closes
    // such a connection too, but after this answer, which would say nothing of it.
    if (!ServletContextRequest.getServletContextRequest(context.req()).consumeAvailable()) {
      response.setHeader("Connection", "close");
    }
    response.setContentType(contentType);
    response.setContentLength(bytes.length);
    try {
      response.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new ClientGoneException(e);
    }
  }
}
