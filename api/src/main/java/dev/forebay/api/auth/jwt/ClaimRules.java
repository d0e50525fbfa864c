package dev.forebay.api.auth.jwt;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.forebay.api.auth.Principal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a token of the issuer must say, and whom it names. Immutable. */
final class ClaimRules {

  /** How far the issuer's clock may be from ours. */
  static final Duration SKEW = Duration.ofSeconds(60);

  private static final Pattern SUBJECT = Pattern.compile("[^\\p{Cc}\\p{Cs}]{1,255}");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final JwtConfig config;
  private final InstantSource clock;
  private final JsonPointer roles;

  ClaimRules(JwtConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.roles =
        config.rolesClaim().startsWith("/")
            ? JsonPointer.compile(config.rolesClaim())
            : JsonPointer.empty().appendProperty(config.rolesClaim());
  }

  /** Whom the claims of a token with a good signature name. */
  Principal principal(JWTClaimsSet claims) throws RefusedTokenException {
    demand(config.issuer().equals(claims.getIssuer()), "another issuer");
    demand(claims.getAudience().contains(config.audience()), "another audience");
    checkTime(claims);
    String subject = claims.getSubject();
    demand(subject != null && SUBJECT.matcher(subject).matches(), "no fit subject");
    String text = claims.toString();
    // PostgreSQL could not read it as jsonb.
    demand(!text.contains("\\u0000"), "a claim with U+0000");
    return new Principal(Principal.JWT + subject, roles(text), text);
  }

  private void checkTime(JWTClaimsSet claims) throws RefusedTokenException {
    Instant now = clock.instant();
    Date expires = claims.getExpirationTime();
    demand(expires != null, "no expiry");
    demand(expires != null && now.minus(SKEW).isBefore(expires.toInstant()), "expired");
    Date begins = claims.getNotBeforeTime();
    demand(begins == null || !now.plus(SKEW).isBefore(begins.toInstant()), "not valid yet");
  }

  /** An array of texts, or one text with spaces between them as in {@code scope}. */
  private Set<String> roles(String claims) throws RefusedTokenException {
    JsonNode found;
    try {
      found = MAPPER.readTree(claims).at(roles);
    } catch (JsonProcessingException e) {
      throw new RefusedTokenException("claims too deep or too long");
    }
    Set<String> names = new TreeSet<>();
    if (found.isTextual()) {
      names.addAll(List.of(found.textValue().split(" ")));
    } else if (found.isArray()) {
      for (JsonNode role : found) {
        demand(role.isTextual(), "a role that is no text");
        names.add(role.textValue());
      }
    } else {
      demand(found.isMissingNode() || found.isNull(), "roles that are no array");
    }
    names.remove("");
    return names;
  }

  private static void demand(boolean holds, String otherwise) throws RefusedTokenException {
    if (!holds) {
      throw new RefusedTokenException(otherwise);
    }
  }
}
