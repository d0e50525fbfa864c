import { describe, expect, test } from "vitest";
import golden from "../../api/src/test/resources/golden/token.json" with { type: "json" };
import { boundPayload } from "../src/reader/bounds.js";
import { edgeSignature } from "../src/reader/edge.js";
import { type Entry, isMetBy, mergeEntries } from "../src/reader/entry.js";
import { mergePayloads, type Payload, printPayload, requirementOf } from "../src/reader/payload.js";
import { parseSnapshot } from "../src/reader/snapshot.js";
import { contentMark, documentId, issueToken, parseToken } from "../src/reader/token.js";

interface GoldenEntry {
  readonly x?: readonly string[];
  readonly s?: string;
  readonly c?: string;
}

interface GoldenPayload {
  readonly h: string;
  readonly e: number;
  readonly d: Readonly<Record<string, Readonly<Record<string, GoldenEntry>>>>;
}

function entry({ x = [], s, c }: GoldenEntry): Entry {
  return { xids: x.map(BigInt), seen: s === undefined ? undefined : parseSnapshot(s), content: c };
}

function payload({ h, e, d }: GoldenPayload): Payload {
  const entries = Object.entries(d).map(([model, documents]): [string, Map<string, Entry>] => [
    model,
    new Map(Object.entries(documents).map(([id, value]) => [id, entry(value)])),
  ]);
  return { history: h, expires: e, entries: new Map(entries) };
}

/** JSON whose members are given in TypeScript's way: absent ones are undefined. */
const rows = <T>(list: readonly unknown[]) => list as readonly T[];

describe("golden tokens", () => {
  test.each(golden.ids)("documentId_golden: $key", async ({ key, id }) => {
    expect(await documentId(key)).toBe(id);
  });

  test.each(golden.contents)("contentMark_golden: $hash", ({ hash, content }) => {
    expect(contentMark(hash ?? undefined)).toBe(content);
  });

  test.each(
    rows<{ name: string; secrets: string[]; now: number; payload: GoldenPayload; json: string; token: string }>(
      golden.encoded,
    ),
  )("token_golden: $name, written and read", async ({ secrets, now, payload: says, json, token }) => {
    expect(printPayload(payload(says))).toBe(json);
    expect(await issueToken(payload(says), secrets[0] ?? "")).toBe(token);
    expect(await parseToken(token, secrets, now * 1000)).toEqual(payload(says));
  });

  test.each(
    rows<{ name: string; secrets: string[]; now: number; payload: GoldenPayload; token: string }>(golden.accepted),
  )("parseToken_golden: $name", async ({ secrets, now, payload: says, token }) => {
    expect(await parseToken(token, secrets, now * 1000)).toEqual(payload(says));
  });

  test.each(golden.broken.tokens)("parseToken_broken: $name", async ({ token }) => {
    const { secrets, now, sound } = golden.broken;
    expect(await parseToken(token, secrets, now * 1000)).toBeUndefined();
    expect(await parseToken(sound, secrets, now * 1000)).toBeDefined();
  });
});

describe("golden rules", () => {
  test.each(rows<{ name: string; one: GoldenEntry; other: GoldenEntry; merged: GoldenEntry }>(golden.entries))(
    "mergeEntries_golden: $name, either way round",
    ({ one, other, merged }) => {
      expect(mergeEntries(entry(one), entry(other))).toEqual(entry(merged));
      expect(mergeEntries(entry(other), entry(one))).toEqual(entry(merged));
    },
  );

  test.each(rows<{ name: string; payloads: GoldenPayload[]; merged: GoldenPayload }>(golden.tokens))(
    "mergePayloads_golden: $name, either way round",
    ({ payloads, merged }) => {
      expect(mergePayloads(payloads.map(payload))).toEqual(payload(merged));
      expect(mergePayloads(payloads.toReversed().map(payload))).toEqual(payload(merged));
    },
  );

  test.each(
    rows<{ name: string; payload: GoldenPayload; model: string; key: string; requirement: GoldenEntry | null }>(
      golden.requirements,
    ),
  )("requirementOf_golden: $name", async ({ payload: says, model, key, requirement }) => {
    const expected = requirement === null ? undefined : entry(requirement);
    expect(requirementOf(payload(says), model, await documentId(key))).toEqual(expected);
  });

  test.each(
    rows<{
      name: string;
      history: string;
      requirement: GoldenEntry;
      version: { history: string; snapshot: string | null; hash: string | null };
      met: boolean;
    }>(golden.met),
  )("isMetBy_golden: $name", ({ history, requirement, version, met }) => {
    const snapshot = version.snapshot === null ? undefined : parseSnapshot(version.snapshot);
    const offered = { snapshot, content: contentMark(version.hash ?? undefined) };
    expect(history === version.history && isMetBy(entry(requirement), offered)).toBe(met);
  });

  test.each(rows<{ name: string; payload: GoldenPayload; bounded: GoldenPayload }>(golden.bounds))(
    "boundPayload_golden: $name",
    ({ payload: says, bounded }) => {
      expect(boundPayload(payload(says))).toEqual(payload(bounded));
      expect(printPayload(boundPayload(payload(says)))).toBe(JSON.stringify(bounded));
    },
  );
});

describe("golden edge signatures", () => {
  test.each(golden.edge.good)("edgeSignature_golden: $name", async ({ secrets, expires, client, key, header }) => {
    const signed = await edgeSignature(secrets.at(-1) ?? "", client, key, (expires - 30) * 1000);
    expect(signed).toBe(header);
  });
});
