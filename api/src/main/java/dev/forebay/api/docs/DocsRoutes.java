package dev.forebay.api.docs;

import dev.forebay.api.http.Answer;
import dev.forebay.api.http.EntityTags;
import dev.forebay.api.http.JsonBody;
import dev.forebay.api.http.RequestId;
import dev.forebay.api.http.Routes;
import dev.forebay.api.openapi.ApiDocument;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpStatus;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * The API's description: {@code /openapi.json} for programs and {@code /docs} for people. The page
 * holds no data, so it is everybody's; it asks for a key where the document wants one.
 */
public final class DocsRoutes implements Routes {

  static final String DOCUMENT = "/openapi.json";
  static final String PAGE = "/docs";

  private static final Set<HandlerType> READ = Set.of(HandlerType.GET, HandlerType.HEAD);
  private static final String REVALIDATE = "no-cache";

  private final String document;
  private final DocsPage page = DocsPage.load();
  private final String documentTag;
  private final String pageTag;
  private final DocsAccess access;

  /** Serves this document. */
  public DocsRoutes(ApiDocument document, DocsAccess access) {
    this.document = document.json();
    this.documentTag = tag(this.document);
    this.pageTag = tag(page.html());
    this.access = access;
  }

  @Override
  public void registerOpen(JavalinDefaultRoutingApi routes) {
    routes.before(PAGE, context -> answerEverybody(context, this::page));
    if (access == DocsAccess.PUBLIC) {
      routes.before(DOCUMENT, context -> answerEverybody(context, this::publicDocument));
    }
  }

  @Override
  public void register(JavalinDefaultRoutingApi routes) {
    routes.get(PAGE, this::page);
    routes.get(DOCUMENT, this::document);
    routes.head(DOCUMENT, this::document);
  }

  private static void answerEverybody(Context context, Handler handler) throws Exception {
    if (READ.contains(context.method())) {
      RequestId.assign(context);
      RequestId.clear();
      context
          .header("Cross-Origin-Resource-Policy", "same-origin")
          .header("Referrer-Policy", "no-referrer")
          .header("X-Content-Type-Options", "nosniff");
      handler.handle(context);
      context.skipRemainingHandlers();
    }
  }

  private void page(Context context) {
    context.header("Content-Security-Policy", page.policy());
    answer(context, "text/html; charset=utf-8", page.html(), pageTag);
  }

  private void publicDocument(Context context) {
    context.header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    answer(context, JsonBody.JSON, document, documentTag);
  }

  private void document(Context context) {
    context.header("Vary", "Authorization");
    answer(context, JsonBody.JSON, document, documentTag);
  }

  private static void answer(Context context, String mediaType, String body, String tag) {
    context.header("Cache-Control", REVALIDATE).header("ETag", tag);
    if (EntityTags.has(context.header("If-None-Match"), tag)) {
      context.status(HttpStatus.NOT_MODIFIED);
      return;
    }
    Answer.send(context, mediaType, body);
  }

  private static String tag(String body) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(body.getBytes(StandardCharsets.UTF_8));
      return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
