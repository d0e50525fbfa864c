package dev.forebay.kv.emulator;

/** What a request asks for. */
public enum Operation {
  VERIFY_TOKEN,
  LIST_NAMESPACES,
  CREATE_NAMESPACE,
  GET_NAMESPACE,
  RENAME_NAMESPACE,
  DELETE_NAMESPACE,
  LIST_KEYS,
  GET_VALUE,
  GET_METADATA,
  PUT_VALUE,
  DELETE_VALUE,
  BULK_WRITE,
  BULK_DELETE,
  BULK_GET;

  /** Whether it needs a token that may write. */
  boolean writes() {
    return switch (this) {
      case CREATE_NAMESPACE,
          RENAME_NAMESPACE,
          DELETE_NAMESPACE,
          PUT_VALUE,
          DELETE_VALUE,
          BULK_WRITE,
          BULK_DELETE ->
          true;
      case VERIFY_TOKEN,
          LIST_NAMESPACES,
          GET_NAMESPACE,
          LIST_KEYS,
          GET_VALUE,
          GET_METADATA,
          BULK_GET ->
          false;
    };
  }
}
