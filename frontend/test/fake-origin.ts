import { sha256 } from "../src/reader/signing.js";

/** What the API would say of a document; without `json` there is none. */
export interface OriginDocument {
  /** Without the instance's prefix. */
  readonly key: string;
  readonly json?: string;
  readonly snapshot: string;
  readonly history?: string;
}

/** Returns a reply as the API's origin read gives it; `extra` headers replace the true ones. */
export async function originReply(
  { key, json, snapshot, history = "h1" }: OriginDocument,
  extra: Record<string, string> = {},
): Promise<Response> {
  const headers = {
    "Forebay-Document": key,
    "Forebay-Snapshot": snapshot,
    "Forebay-History": history,
    "Forebay-As-Of": "2026-11-23T17:42:04.000Z",
    "Cache-Control": "no-store",
    ...(json === undefined ? {} : { ETag: `"${await sha256(json)}"` }),
    ...extra,
  };
  return new Response(json ?? "{}", { status: json === undefined ? 404 : 200, headers });
}

/** An API that says what a test tells it to, and counts who asks. */
export class FakeOrigin {
  readonly requests: Request[] = [];

  constructor(public answer: (request: Request) => Response | Promise<Response>) {}

  readonly fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const request = new Request(url, init);
    this.requests.push(request);
    return await this.answer(request);
  };
}
