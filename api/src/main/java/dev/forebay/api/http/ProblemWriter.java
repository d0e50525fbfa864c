package dev.forebay.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.forebay.api.auth.jwt.KeysUnavailableException;
import dev.forebay.api.problem.ApiProblem;
import dev.forebay.api.problem.ProblemType;
import dev.forebay.api.problem.Violation;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers with problem details (RFC 9457), and logs those that are somebody's fault here. */
public final class ProblemWriter {

  static final String MEDIA_TYPE = "application/problem+json";

  private static final Logger LOG = LoggerFactory.getLogger(ProblemWriter.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ProblemWriter() {}

  static void write(Context context, ApiProblem problem) {
    log(problem);
    Duration wait = problem.retryAfter();
    if (wait != null) {
      context.header("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
    }
    context.status(problem.type().status());
    Answer.send(context, MEDIA_TYPE, json(problem, RequestId.of(context)));
  }

  /**
   * The problem as JSON.
   *
   * @param requestId by which an operator finds the request in the log, or null if it has none
   */
  public static String json(ApiProblem problem, @Nullable String requestId) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = MAPPER.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("type", problem.type().uri());
      json.writeStringField("title", problem.type().title());
      json.writeNumberField("status", problem.type().status());
      if (problem.detail() != null) {
        json.writeStringField("detail", problem.detail());
      }
      if (requestId != null) {
        json.writeStringField("requestId", requestId);
      }
      writeViolations(json, problem);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a StringWriter cannot fail", e);
    }
    return out.toString();
  }

  private static void writeViolations(JsonGenerator json, ApiProblem problem) throws IOException {
    if (problem.violations().isEmpty()) {
      return;
    }
    json.writeArrayFieldStart("errors");
    for (Violation violation : problem.violations()) {
      json.writeStartObject();
      json.writeStringField("pointer", violation.pointer());
      json.writeStringField("detail", violation.detail());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void log(ApiProblem problem) {
    ProblemType type = problem.type();
    if (type == ProblemType.INTERNAL) {
      LOG.atError()
          .setCause(problem.getCause())
          .addKeyValue("sqlState", sqlState(problem.getCause()))
          .log("request failed");
    } else if (problem.getCause() instanceof KeysUnavailableException) {
      // Anybody can send such tokens; where the keys are asked for it is said once for many.
      LOG.atDebug().addKeyValue("problem", type.uri()).log("a token could not be checked");
    } else if (type != ProblemType.OVERLOADED && type.status() >= ProblemType.INTERNAL.status()) {
      LOG.atWarn()
          .addKeyValue("problem", type.uri())
          .addKeyValue("sqlState", sqlState(problem.getCause()))
          .log("request could not be served");
    }
  }

  private static @Nullable String sqlState(@Nullable Throwable cause) {
    return cause instanceof SQLException sql ? sql.getSQLState() : null;
  }
}
