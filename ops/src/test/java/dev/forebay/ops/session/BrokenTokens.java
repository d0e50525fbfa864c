package dev.forebay.ops.session;

import dev.forebay.api.token.TokenConfig;
import dev.forebay.api.token.Tokens;
import dev.forebay.api.token.Touched;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Tokens that demand a document's newest version, and are no good. */
final class BrokenTokens {

  private static final long TRANSACTION = 1L << 40;

  private BrokenTokens() {}

  /** Those that count for nothing, by what is wrong with them. */
  static Map<String, String> ignored(String document, String history) {
    String good = token(SessionWorld.SECRET, document, history, Duration.ZERO);
    int signature = good.lastIndexOf('.') + 1;
    char first = good.charAt(signature) == 'A' ? 'B' : 'A';
    Map<String, String> tokens = new LinkedHashMap<>();
    tokens.put(
        "signed with another secret",
        token("another-secret-0123456789abcdefghijkl", document, history, Duration.ZERO));
    tokens.put(
        "of another signature",
        good.substring(0, signature) + first + good.substring(signature + 1));
    tokens.put("with another payload", "1.e30" + good.substring(signature - 1));
    tokens.put("expired", token(SessionWorld.SECRET, document, history, Duration.ofMinutes(-4)));
    tokens.put("without its end", good.substring(0, good.length() - 1));
    tokens.put("without its signature", good.substring(0, signature));
    tokens.put("without its beginning", good.substring(2));
    tokens.put("of another version", "2" + good.substring(1));
    tokens.put("too long", good + "A".repeat(4_096));
    tokens.put("no base64", "1.!!!.???");
    tokens.put("points", "...");
    return tokens;
  }

  /** One of a database that this one is not, or is no longer. */
  static String foreign(String document) {
    return token(SessionWorld.SECRET, document, "another-history", Duration.ZERO);
  }

  private static String token(String secret, String document, String history, Duration ago) {
    SortedMap<String, SortedSet<String>> documents = new TreeMap<>();
    documents.put(document.substring(0, document.indexOf(':')), new TreeSet<>(List.of(document)));
    TokenConfig config = new TokenConfig(List.of(secret), TokenConfig.LIFE, false, null);
    InstantSource clock = () -> InstantSource.system().instant().plus(ago);
    return new Tokens(config, SessionWorld.INSTANCE, clock)
        .issue(List.of(), new Touched(TRANSACTION, documents, new TreeSet<>()), history);
  }
}
