package dev.forebay.model.types;

import dev.forebay.model.catalog.ColumnType;
import dev.forebay.model.catalog.Table;
import dev.forebay.model.tree.Field;
import dev.forebay.model.tree.Function;
import dev.forebay.model.tree.JsonForm;
import dev.forebay.model.tree.Member;
import dev.forebay.model.tree.Rows;
import dev.forebay.model.tree.Tree;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The TypeScript type of one model's documents, from the same tree as its SQL.
 *
 * <p>Null is left out only where the catalog forbids it: a NOT NULL column of the row itself, and
 * an object whose foreign key PostgreSQL enforces over NOT NULL columns.
 */
public final class DocumentType {

  /** The type of documents whose form only the SQL of a user knows. */
  public static final String ANY = "JsonValue";

  private DocumentType() {}

  /** Returns an object type over several lines, not indented. */
  public static String of(Tree tree) {
    StringBuilder text = new StringBuilder("{\n");
    Rows root = tree.root();
    if (root != null) {
      fields(tree.body().fields(), root.occurrence().table(), text);
    }
    members(tree.body().members(), text);
    return text.append('}').toString();
  }

  private static void fields(List<Field> fields, Table table, StringBuilder text) {
    for (Field field : fields) {
      String column = field.column();
      boolean nullable = column == null || !table.column(column).notNull();
      comment(field.type(), text);
      member(field.name(), type(field.type(), nullable), text);
    }
  }

  private static void members(List<Member> members, StringBuilder text) {
    for (Member member : members) {
      switch (member) {
        case Member.One one ->
            member(one.name(), object(one.body(), one.rows(), List.of(), one.isOptional()), text);
        case Member.Many many ->
            member(
                many.name(),
                "Array<" + object(many.body(), many.rows(), many.link(), false) + ">",
                text);
        case Member.Aggregate aggregate -> aggregate(aggregate, text);
      }
    }
  }

  private static void aggregate(Member.Aggregate aggregate, StringBuilder text) {
    ColumnType type = aggregate.type();
    if (type == null) {
      boolean count = aggregate.function() == Function.COUNT;
      member(aggregate.name(), count ? "number" : "boolean", text);
    } else {
      comment(type, text);
      member(aggregate.name(), type(type, true), text);
    }
  }

  private static String object(Member.Body body, Rows rows, List<Field> link, boolean nullable) {
    StringBuilder text = new StringBuilder("{\n");
    fields(body.fields(), rows.occurrence().table(), text);
    Rows through = rows.through();
    if (through != null) {
      fields(link, through.occurrence().table(), text);
    }
    members(body.members(), text);
    return text.append(nullable ? "} | null" : "}").toString();
  }

  private static void member(String name, String type, StringBuilder text) {
    text.append("  ").append(Words.member(name)).append(": ");
    text.append(type.indent(2).strip()).append(";\n");
  }

  /** What a string stands for, where its type does not tell. */
  private static void comment(ColumnType type, StringBuilder text) {
    ColumnType element = type.element() == null ? type : type.element();
    JsonForm form = JsonForm.of(element);
    boolean plain = element.base().equals("text") || element.base().equals("varchar");
    if ((form == JsonForm.TEXT || form == JsonForm.TIME || form == JsonForm.BYTES)
        && !plain
        && element.labels().isEmpty()) {
      String more = form == JsonForm.BYTES && type.element() == null ? ", base64" : "";
      text.append("  /** ").append(Words.comment(type.sql())).append(more).append(" */\n");
    }
  }

  private static String type(ColumnType type, boolean nullable) {
    ColumnType element = type.element();
    String text = element == null ? scalar(type) : "PgArray<" + scalar(element) + ">";
    return nullable ? text + " | null" : text;
  }

  private static String scalar(ColumnType type) {
    if (!type.labels().isEmpty()) {
      return type.labels().stream().map(Words::literal).collect(Collectors.joining(" | "));
    }
    return switch (JsonForm.of(type)) {
      case BOOLEAN -> "boolean";
      case NUMBER -> "number";
      case FLOAT -> "Float";
      case VALUE -> ANY;
      case TIME, BYTES, TEXT -> "string";
    };
  }
}
