import { canBeReadFor } from "./entry.js";
import type { Reading } from "./reading.js";
import type { Requirement } from "./session.js";
import { sha256 } from "./signing.js";
import { parseSnapshot } from "./snapshot.js";
import { contentMark } from "./token.js";

/** Where documents are read from the database when KV is behind; only for clients with a token. */
export interface OriginOptions {
  /** Of the API, for example `https://api.example.org`. */
  readonly url: string;
  /** Instead of the global one; a service binding's `fetch`, for example. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** For one read in all, from the connection to the last byte; 800. */
  readonly deadlineMs?: number;
}

/** What is asked of the origin, and what its reply must fulfil. */
export interface OriginQuestion {
  readonly model: string;
  /** Without the instance's prefix: the API has one of its own. */
  readonly key: string;
  readonly singleton: boolean;
  /** The site's signature and the client's token, as headers. */
  readonly edge: string;
  readonly token: string;
  /** Undefined if any version will do. */
  readonly requirement: Requirement | undefined;
}

/** Why the origin's reply cannot be served. The message is one of a few, and fit for a log. */
export class OriginError extends Error {
  override readonly name = "OriginError";

  constructor(
    message: string,
    /** Whether another document would fare no better now. */
    readonly isOutage: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Reads a document from the database, once, within the deadline.
 *
 * Nothing is believed unseen: it must be that document, the body must have the hash of its ETag, and its snapshot must
 * see what is required, as far as that can be told, in the same history of the database.
 *
 * @throws OriginError if there is no reply in time, or none that can be served
 */
export async function readOrigin(origin: OriginOptions, asked: OriginQuestion, now: () => number): Promise<Reading> {
  const init = {
    headers: {
      Accept: "application/json",
      "Forebay-Edge": asked.edge,
      "Forebay-Token": asked.token,
    },
    // Wherever a redirect leads, the token and the signature are not for it.
    redirect: "manual",
  } as const;
  const { status, headers, body } = await withDeadline(origin.deadlineMs ?? DEADLINE_MS, async (signal) => {
    const response = await (origin.fetch ?? fetch)(documentUrl(origin.url, asked), { ...init, signal });
    const { status, headers } = response;
    if (status !== 200 && status !== 404) {
      // An unread body would keep one of the few connections that a request may have.
      await response.body?.cancel();
      throw new OriginError(`the origin answers ${status}`, true);
    }
    return { status, headers, body: await response.text() };
  });
  return await accept(asked, status === 200 ? body : undefined, headers, now());
}

async function accept(
  { key, requirement }: OriginQuestion,
  json: string | undefined,
  headers: Headers,
  now: number,
): Promise<Reading> {
  if (headers.get("Forebay-Document") !== key) {
    throw new OriginError("the origin's reply is of another document", false);
  }
  const snapshot = headers.get("Forebay-Snapshot") ?? "";
  const history = headers.get("Forebay-History") ?? "";
  const committed = headers.get("Forebay-As-Of") ?? "";
  const hash = json === undefined ? undefined : await sha256(json);
  const version = { snapshot: parseSnapshot(snapshot), content: contentMark(hash) };
  if (version.snapshot === undefined || history === "" || Number.isNaN(Date.parse(committed))) {
    throw new OriginError("the origin's reply does not say its version", false);
  }
  // Proxies that compress make it weak, though what arrives here is the same.
  if (hash !== undefined && headers.get("ETag")?.replace(/^W\//, "") !== `"${hash}"`) {
    throw new OriginError("the origin's reply has another hash than its ETag", false);
  }
  if (requirement && requirement.history !== history) {
    throw new OriginError("the origin's reply is of another history than the token", false);
  }
  if (requirement && !canBeReadFor(requirement, version)) {
    throw new OriginError("the origin's reply is not as new as the token asks", false);
  }
  return json === undefined || hash === undefined
    ? { state: "missing", key, freshness: "origin", version: { snapshot, history } }
    : {
        state: "found",
        key,
        freshness: "origin",
        json,
        hash,
        metadata: { snapshot, history, hash, committed },
        ageMs: Math.max(0, now - Date.parse(committed)),
      };
}

function documentUrl(url: string, { model, key, singleton }: OriginQuestion): string {
  const document = singleton ? "" : `/${encodeURIComponent(key.slice(model.length + 1))}`;
  return `${url.replace(/\/+$/, "")}/v1/documents/${encodeURIComponent(model)}${document}`;
}

async function withDeadline<T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new OriginError(`the origin did not answer within ${ms} ms`, true));
      controller.abort();
    }, ms);
  });
  try {
    return await Promise.race([run(controller.signal), late]);
  } catch (error) {
    throw error instanceof OriginError
      ? error
      : new OriginError("the origin cannot be reached", true, { cause: error });
  } finally {
    if (timer !== undefined) {
      clearTimeout(timer);
    }
  }
}

const DEADLINE_MS = 800;
