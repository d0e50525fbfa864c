package dev.forebay.api.row;

import com.fasterxml.jackson.databind.JsonNode;
import dev.forebay.model.Verb;
import java.util.List;

/** What a client wants done to one row. Bodies are read against the resource's columns later. */
public sealed interface Operation {

  /** What must be true of the row as it is. */
  Precondition precondition();

  /** What a principal must be allowed to do. */
  List<Verb> verbs();

  /**
   * Inserts a row.
   *
   * @param body an object of columns
   */
  record Create(JsonNode body) implements Operation {
    @Override
    public Precondition precondition() {
      return Precondition.NONE;
    }

    @Override
    public List<Verb> verbs() {
      return List.of(Verb.CREATE);
    }
  }

  /**
   * Makes a row be this: what the body does not name gets its default. One that is not there is
   * created, if clients may write its key.
   *
   * @param key decoded text, one for each column of the key
   */
  record Put(List<String> key, JsonNode body, Precondition precondition) implements Operation {
    public Put {
      key = List.copyOf(key);
    }

    @Override
    public List<Verb> verbs() {
      return verbs(precondition);
    }

    /** What a principal must be allowed to do, before the body is known. */
    public static List<Verb> verbs(Precondition precondition) {
      return switch (precondition) {
        case Precondition.None none -> List.of(Verb.CREATE, Verb.UPDATE);
        case Precondition.Absent absent -> List.of(Verb.CREATE);
        case Precondition.Exists exists -> List.of(Verb.UPDATE);
        case Precondition.Version version -> List.of(Verb.UPDATE);
      };
    }
  }

  /** Changes what a merge patch (RFC 7396) names: null sets NULL, JSON columns are merged. */
  record Patch(List<String> key, JsonNode body, Precondition precondition) implements Operation {
    public Patch {
      key = List.copyOf(key);
    }

    @Override
    public List<Verb> verbs() {
      return List.of(Verb.UPDATE);
    }
  }

  /** Deletes a row. */
  record Delete(List<String> key, Precondition precondition) implements Operation {
    public Delete {
      key = List.copyOf(key);
    }

    @Override
    public List<Verb> verbs() {
      return List.of(Verb.DELETE);
    }
  }
}
