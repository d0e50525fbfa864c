package dev.forebay.api.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tokens as text: {@code 1.}, the payload and its signature. Safe for any thread. */
final class TokenCodec {

  /** What a client's cookies and headers bear; looked at before anything else. */
  static final int MAX_LENGTH = 4_096;

  private static final Logger LOG = LoggerFactory.getLogger(TokenCodec.class);
  private static final String USE = "token";
  private static final String VERSION = "1.";

  /** Of all tokens that are remembered: some thousands, or a thousand of the longest. */
  private static final int MOST_CHARACTERS = 4 << 20;

  private final Secrets secrets;
  private final InstantSource clock;

  /** A page asks for several documents with one token; what it says is found out once. */
  private final Cache<String, Payload> known =
      Caffeine.newBuilder()
          .maximumWeight(MOST_CHARACTERS)
          .weigher((String text, Payload payload) -> text.length())
          .executor(Runnable::run)
          .build();

  TokenCodec(Secrets secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  String write(Payload payload) {
    String signed = VERSION + base64(PayloadJson.write(payload));
    return signed + "." + secrets.sign(USE, signed);
  }

  /** Reads a token that we signed and that has not expired; empty for whatever else it may be. */
  Optional<Payload> read(String text) {
    try {
      return Optional.of(payload(text));
    } catch (IllegalArgumentException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("token ignored");
      return Optional.empty();
    }
  }

  private Payload payload(String text) {
    check(text.length() <= MAX_LENGTH, "too long");
    Payload payload = known.getIfPresent(text);
    if (payload == null) {
      payload = signed(text);
      known.put(text, payload);
    }
    check(clock.instant().getEpochSecond() < payload.expires(), "expired");
    return payload;
  }

  private Payload signed(String text) {
    int end = text.lastIndexOf('.');
    check(text.startsWith(VERSION) && end >= VERSION.length(), "another version, or no token");
    check(secrets.signed(USE, text.substring(0, end), text.substring(end + 1)), "not signed by us");
    String encoded = text.substring(VERSION.length(), end);
    Payload payload = PayloadJson.read(decoded(encoded));
    check(base64(PayloadJson.write(payload)).equals(encoded), "not as it would be written");
    return payload;
  }

  private static String decoded(String encoded) {
    try {
      return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Its message would tell a character of the token.
      throw new IllegalArgumentException("no base64", e);
    }
  }

  private static String base64(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
