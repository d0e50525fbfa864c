package dev.forebay.api.openapi;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.Map;
import java.util.Set;

/**
 * Writes the model as OpenAPI 3.1: what swagger-models keeps for itself is left out, and a schema
 * has one {@code type} or several.
 */
final class DocumentJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
          .addMixIn(Schema.class, SchemaMembers.class)
          .addMixIn(Operation.class, OperationMembers.class)
          .addMixIn(MediaType.class, MediaTypeMembers.class)
          .build();

  private DocumentJson() {}

  static String write(OpenAPI document) {
    try {
      return MAPPER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the document cannot be written", e);
    }
  }

  @JsonPropertyOrder({"$ref", "title", "description", "type", "format", "readOnly"})
  @JsonIgnoreProperties({
    "nullable",
    "exampleSetFlag",
    "jsonSchema",
    "jsonSchemaImpl",
    "booleanSchemaValue"
  })
  interface SchemaMembers {

    @JsonIgnore
    String getType();

    @JsonProperty("type")
    @JsonFormat(with = JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED)
    Set<String> getTypes();
  }

  interface OperationMembers {

    @JsonPropertyOrder(alphabetic = true)
    ApiResponses getResponses();

    @JsonAnyGetter
    Map<String, Object> getExtensions();
  }

  @JsonIgnoreProperties("exampleSetFlag")
  interface MediaTypeMembers {}
}
