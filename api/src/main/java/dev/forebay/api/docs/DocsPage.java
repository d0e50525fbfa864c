package dev.forebay.api.docs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/**
 * The page on which people read the document: one file that holds no data and loads nothing but
 * {@code /openapi.json}. Immutable.
 */
final class DocsPage {

  private final String html;
  private final String policy;

  private DocsPage(String html) {
    this.html = html;
    this.policy =
        "default-src 'none'; script-src "
            + hash(between(html, "<script>", "</script>"))
            + "; style-src "
            + hash(between(html, "<style>", "</style>"))
            + "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";
  }

  /** Reads the page, which is part of the program. */
  static DocsPage load() {
    try (InputStream in = DocsPage.class.getResourceAsStream("docs.html")) {
      byte[] bytes = Objects.requireNonNull(in, "docs.html is missing").readAllBytes();
      return new DocsPage(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("docs.html cannot be read", e);
    }
  }

  /** The page. */
  String html() {
    return html;
  }

  /** The Content-Security-Policy that allows the page's own script and style and no others. */
  String policy() {
    return policy;
  }

  private static String between(String text, String start, String end) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private static String hash(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
