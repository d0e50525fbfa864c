package dev.forebay.api.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the API and its edge share. Signs with the first, accepts each.
 *
 * <p>What is signed begins with the word that says what it is for: so nothing signed for one use
 * passes for another.
 */
final class Secrets {

  private static final String ALGORITHM = "HmacSHA256";
  private static final int MIN_LENGTH = 32;

  /** Never used themselves: a copy costs a fraction of finding and keying another one. */
  private final List<Mac> keyed;

  Secrets(List<String> texts) {
    this.keyed = checked(texts).stream().map(Secrets::keyed).toList();
  }

  private static Mac keyed(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
    }
  }

  /** Returns a copy if these can be secrets; what is wrong is said without them. */
  static List<String> checked(List<String> texts) {
    if (texts.isEmpty() || texts.size() > 2) {
      throw new IllegalArgumentException(
          texts.size() + " secrets for tokens; give one, or the new and the old one");
    }
    for (String text : texts) {
      if (text.length() < MIN_LENGTH) {
        throw new IllegalArgumentException(
            "a secret for tokens has %d characters; give %d at least, at random"
                .formatted(text.length(), MIN_LENGTH));
      }
    }
    return List.copyOf(texts);
  }

  /** Signs a text for one use: base64url, 43 characters. */
  String sign(String use, String text) {
    return signature(keyed.getFirst(), use, text);
  }

  /** Whether a text was signed for this use; takes as long whatever is wrong with the signature. */
  boolean signed(String use, String text, String signature) {
    byte[] given = signature.getBytes(StandardCharsets.UTF_8);
    boolean found = false;
    for (Mac key : keyed) {
      byte[] right = signature(key, use, text).getBytes(StandardCharsets.UTF_8);
      found |= MessageDigest.isEqual(right, given);
    }
    return found;
  }

  private static String signature(Mac key, String use, String text) {
    try {
      Mac mac = (Mac) key.clone();
      byte[] signed = mac.doFinal((use + "\n" + text).getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the HMAC of every JDK can be copied", e);
    }
  }
}
