/**
 * The reader library: documents from Workers KV in Pages Functions, Workers and Node, and from the database for a client
 * that must see its own write. It depends on nothing but web standards and knows no site; routes are made of
 * `openSession` → `createReader` → `get` → `respondWithDocument`.
 */
export { documentKey } from "./key.js";
export { type Metadata, parseMetadata } from "./metadata.js";
export { OriginError, type OriginOptions } from "./origin.js";
export {
  type AnyKeys,
  createReader,
  KV_CACHE_TTL_SECONDS,
  type KvNamespace,
  type Reader,
  type ReaderEnv,
  type ReaderOptions,
} from "./reader.js";
export { type Found, type Freshness, type Missing, parseDocument, type Reading } from "./reading.js";
export {
  CACHE_CONTROL,
  describeReading,
  type Fields,
  type Problem,
  problemResponse,
  respondUnlessUnchanged,
  respondWithDocument,
} from "./respond.js";
export { openSession, type Session, type SessionEnv } from "./session.js";
export { sha256 } from "./signing.js";
