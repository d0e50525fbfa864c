package dev.forebay.kv;

import java.util.Comparator;

/** The order of listings: by the bytes of UTF-8, which is the order of code points. */
public final class KeyOrder {

  /** Compares without encoding. */
  public static final Comparator<String> UTF8 = KeyOrder::compare;

  private KeyOrder() {}

  private static int compare(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    for (int i = 0; i < shorter; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // Surrogates stand for code points above all other characters.
        boolean bigger = Character.isSurrogate(x);
        return bigger == Character.isSurrogate(y) ? Character.compare(x, y) : bigger ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
