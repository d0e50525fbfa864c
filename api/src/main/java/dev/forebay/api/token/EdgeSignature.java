package dev.forebay.api.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Proves that our edge asks for one document on behalf of one client: the header {@code
 * Forebay-Edge}, {@code 1.expiry.client.signature}.
 *
 * <p>A signature is good until its expiry, for this document only, and may be sent again until
 * then. It must not expire more than 60 s from now by our clock; as clocks differ the edge should
 * take less.
 *
 * <p>Immutable; safe for any thread.
 */
public final class EdgeSignature {

  /** The header that bears it. */
  public static final String HEADER = "Forebay-Edge";

  static final int MAX_AHEAD_SECONDS = 60;
  static final int MAX_CLIENT_BYTES = 64;

  private static final int MAX_LENGTH = 200;
  private static final String USE = "edge";
  private static final String VERSION = "1";
  private static final int SECOND_DIGITS = 12;

  private final Secrets secrets;
  private final InstantSource clock;

  /**
   * @param secrets as {@link TokenConfig} has them
   * @param clock tells what has expired
   * @throws IllegalArgumentException if they are none or too short
   */
  public EdgeSignature(List<String> secrets, InstantSource clock) {
    this.secrets = new Secrets(secrets);
    this.clock = clock;
  }

  /**
   * Returns for whom the edge asks.
   *
   * @param header what came, anything
   * @param kvKey the document's key in KV, with the instance's prefix
   * @return the client's address as the edge saw it, at most 64 bytes in UTF-8 without control
   *     characters, empty where it knew none; nothing if the signature is not good: answer 401
   */
  public Optional<String> client(String header, String kvKey) {
    if (header.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String[] parts = header.split("\\.", -1);
    if (parts.length != 4 || !parts[0].equals(VERSION) || !isSecond(parts[1])) {
      return Optional.empty();
    }
    String signed = header.substring(0, header.lastIndexOf('.'));
    if (!secrets.signed(USE, signed + "." + kvKey, parts[3])
        || !isCurrent(Long.parseLong(parts[1]))) {
      return Optional.empty();
    }
    return text(parts[2]);
  }

  private static boolean isSecond(String text) {
    return !text.isEmpty()
        && text.length() <= SECOND_DIGITS
        && text.charAt(0) != '0'
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private boolean isCurrent(long expires) {
    long now = clock.instant().getEpochSecond();
    return now < expires && expires <= now + MAX_AHEAD_SECONDS;
  }

  private static Optional<String> text(String encoded) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(encoded);
      String client = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean fits =
          bytes.length <= MAX_CLIENT_BYTES
              && base64(bytes).equals(encoded)
              && client.chars().noneMatch(Character::isISOControl);
      return fits ? Optional.of(client) : Optional.empty();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /**
   * Signs as the edge does, for tests.
   *
   * @param client at most 64 bytes in UTF-8
   */
  public String sign(Instant expires, String client, String kvKey) {
    String signed =
        VERSION
            + "."
            + expires.getEpochSecond()
            + "."
            + base64(client.getBytes(StandardCharsets.UTF_8));
    return signed + "." + secrets.sign(USE, signed + "." + kvKey);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
