package dev.forebay.ops.catalogue;

import java.util.List;
import java.util.Random;

/** Names that have broken programs, each made unique. */
final class Names {

  private static final List<String> ODD =
      List.of(
          "AC/DC",
          "Guns \"N\" 'Roses'",
          "Motörhead Ünder Öl",
          "🎸🥁 Band",
          "100%25",
          "back\\slash\\",
          "two\nlines\tand tabs",
          "名前",
          "Cafe\u0301",
          "<b>&amp;</b>",
          "a+b?c#d=e&f",
          "{name}:x",
          "..",
          "~*!()",
          "\u00a0\u200b",
          "null");

  private final Random random;
  private final String mark;
  private int count;

  /**
   * @param mark in every name; two makers of names for one data set must differ in it
   */
  Names(Random random, String mark) {
    this.random = random;
    this.mark = mark;
  }

  /** A name that nobody has. */
  String next() {
    count++;
    return ODD.get(random.nextInt(ODD.size())) + " " + mark + count;
  }
}
