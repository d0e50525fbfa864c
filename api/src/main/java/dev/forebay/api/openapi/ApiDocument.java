package dev.forebay.api.openapi;

import dev.forebay.api.openapi.schema.Problems;
import dev.forebay.api.openapi.schema.ResourceSchemas;
import dev.forebay.api.openapi.schema.TransactionSchemas;
import dev.forebay.api.resource.ResourceTable;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.SpecVersion;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.List;

/** The OpenAPI 3.1 document of the resources that an API serves, as JSON. Immutable. */
public final class ApiDocument {

  private static final String KEY = "key";

  private final String json;

  private ApiDocument(String json) {
    this.json = json;
  }

  /**
   * Describes these resources.
   *
   * @param tables in the order of the document
   */
  public static ApiDocument of(List<ResourceTable> tables) {
    OpenAPI document = new OpenAPI(SpecVersion.V31);
    document.setOpenapi("3.1.1");
    document.setInfo(info());
    document.addServersItem(new Server().url("/").description("The server of this document."));
    document.addSecurityItem(new SecurityRequirement().addList(KEY));
    Components components = components();
    Paths paths = new Paths();
    List<ResourceSchemas> schemas = tables.stream().map(ResourceSchemas::new).toList();
    for (int i = 0; i < tables.size(); i++) {
      schemas.get(i).addTo(components);
      new ResourcePaths(tables.get(i), schemas.get(i)).addTo(paths);
      document.addTagsItem(tag(tables.get(i)));
    }
    if (!tables.isEmpty()) {
      TransactionSchemas.addTo(components, schemas);
      TransactionPaths.addTo(paths);
      document.addTagsItem(
          new Tag().name(TransactionPaths.TAG).description("Several resources at once."));
    }
    Problems.addTo(components);
    Answers.addTo(components);
    document.setPaths(paths);
    document.setComponents(components);
    return new ApiDocument(DocumentJson.write(document));
  }

  /** The document. */
  public String json() {
    return json;
  }

  private static Info info() {
    return new Info()
        .title("Forebay")
        .version("1")
        .description(
            "Rows of PostgreSQL over HTTP. Every request carries a key; bodies and answers are JSON"
                + " in UTF-8. A request that cannot be fulfilled is answered with a problem"
                + " (RFC 9457), whose `type` names its kind.\n\n"
                + "int8 and numeric are strings in answers, because JavaScript would round them.")
        .license(new License().name("Apache-2.0").identifier("Apache-2.0"));
  }

  private static Components components() {
    Components components = new Components();
    components.addSecuritySchemes(
        KEY,
        new SecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description("An API key, fb_ and 32 letters and digits."));
    Headers.addTo(components);
    Parameters.addTo(components);
    return components;
  }

  private static Tag tag(ResourceTable table) {
    String key = String.join(", ", table.resource().key());
    return new Tag().name(table.resource().name()).description("Rows, each named by " + key + ".");
  }
}
