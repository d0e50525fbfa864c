/**
 * The reader library: documents from Workers KV in Pages Functions, Workers and Node. It depends on nothing but web
 * standards and knows no site; routes are made of `createReader` → `get` → `respondWithDocument`.
 */
export { documentKey } from "./key.js";
export { type Metadata, parseMetadata } from "./metadata.js";
export {
  createReader,
  type Found,
  KV_CACHE_TTL_SECONDS,
  type KvNamespace,
  type Missing,
  type Reader,
  type ReaderEnv,
  type ReaderOptions,
  type Reading,
  sha256,
} from "./reader.js";
export {
  CACHE_CONTROL,
  describeDocument,
  type Problem,
  problemResponse,
  respondUnlessUnchanged,
  respondWithDocument,
} from "./respond.js";
