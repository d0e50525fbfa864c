package dev.forebay.ops.config;

import dev.forebay.api.auth.jwt.JwtConfig;
import dev.forebay.model.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The variables that say whose JWTs the API accepts: all of them, or none. */
final class JwtVariables {

  private static final List<Variable> ALL =
      List.of(
          Variable.JWT_ISSUER,
          Variable.JWT_AUDIENCE,
          Variable.JWT_JWKS_URL,
          Variable.JWT_ROLES_CLAIM);

  private JwtVariables() {}

  /**
   * Reads them.
   *
   * @param find the value of a variable, or null
   * @param problems takes what is wrong; then nothing is returned
   * @return null if there are none
   */
  static @Nullable JwtConfig read(
      Function<Variable, @Nullable String> find, List<Problem> problems) {
    Map<Variable, String> values = new EnumMap<>(Variable.class);
    for (Variable variable : ALL) {
      String value = find.apply(variable);
      if (value != null) {
        values.put(variable, value);
      }
    }
    if (values.isEmpty()) {
      return null;
    }
    List<Problem> found = new ArrayList<>();
    String issuer = value(values, Variable.JWT_ISSUER, found);
    String audience = value(values, Variable.JWT_AUDIENCE, found);
    URI jwks = url(value(values, Variable.JWT_JWKS_URL, found), found);
    String roles = value(values, Variable.JWT_ROLES_CLAIM, found);
    if (roles.startsWith("/") && roles.endsWith("/")) {
      found.add(
          new Problem(
              Variable.JWT_ROLES_CLAIM.variable(),
              "'" + roles + "' ends without a name.",
              "Write the claim's name, or a JSON Pointer such as /realm_access/roles."));
    }
    problems.addAll(found);
    return found.isEmpty() && jwks != null ? new JwtConfig(issuer, audience, jwks, roles) : null;
  }

  private static String value(
      Map<Variable, String> values, Variable variable, List<Problem> problems) {
    String value = values.get(variable);
    if (value == null) {
      problems.add(
          new Problem(
              variable.variable(),
              "is not set, but other FOREBAY_JWT_ variables are.",
              "Set it to: " + variable.about() + ". Or unset all, then JWTs are refused."));
      return "";
    }
    return value;
  }

  private static @Nullable URI url(String text, List<Problem> problems) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      URI url = new URI(text);
      if (JwtConfig.isTrustworthy(url)) {
        return url;
      }
    } catch (URISyntaxException e) {
      // The problem below says more than the parser does.
    }
    problems.add(
        new Problem(
            Variable.JWT_JWKS_URL.variable(),
            "is no https URL without a login.",
            "Who can change the keys on their way is everybody: http is for this machine alone,"
                + " http://127.0.0.1:8090/jwks.json."));
    return null;
  }
}
