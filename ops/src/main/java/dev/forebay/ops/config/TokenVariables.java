package dev.forebay.ops.config;

import dev.forebay.api.token.TokenConfig;
import dev.forebay.model.Problem;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The variables that say how tokens are signed and handed out: without a secret there are none. */
final class TokenVariables {

  private static final String OFF = "off";
  private static final String ON = "on";

  private TokenVariables() {}

  /**
   * Reads them.
   *
   * @param find the value of a variable, or null
   * @param problems takes what is wrong; then nothing is returned
   * @return null if there is no secret
   */
  static @Nullable TokenConfig read(
      Function<Variable, @Nullable String> find, List<Problem> problems) {
    String secret = find.apply(Variable.TOKEN_SECRET);
    String old = find.apply(Variable.TOKEN_SECRET_OLD);
    String cookie = Objects.requireNonNullElse(find.apply(Variable.TOKEN_COOKIE), OFF);
    if (secret == null) {
      boolean meant = old != null || !cookie.equals(OFF);
      if (meant) {
        problems.add(
            new Problem(
                Variable.TOKEN_SECRET.variable(),
                "is not set, but another FOREBAY_TOKEN_ variable is.",
                "Set it to 32 characters at least, at random: openssl rand -base64 33. Or unset the"
                    + " other, then no tokens are issued."));
      }
      return null;
    }
    try {
      return new TokenConfig(
          Stream.of(secret, old).filter(Objects::nonNull).map(Objects::requireNonNull).toList(),
          TokenConfig.LIFE,
          !cookie.equals(OFF),
          cookie.equals(OFF) || cookie.equals(ON) ? null : cookie);
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(
              "FOREBAY_TOKEN_SECRET, _SECRET_OLD, _COOKIE",
              e.getMessage() + ".",
              "See ops/README.md for what is allowed."));
      return null;
    }
  }
}
