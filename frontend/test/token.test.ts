import { describe, expect, test } from "vitest";
import { boundPayload } from "../src/reader/bounds.js";
import { type Entry, isMetBy, mergeEntries } from "../src/reader/entry.js";
import { mergePayloads, type Payload, printPayload, requirementOf } from "../src/reader/payload.js";
import { ceiling, parseSnapshot, printSnapshot, sees, seesAllOf } from "../src/reader/snapshot.js";
import { contentMark, documentId, issueToken, parseToken } from "../src/reader/token.js";
import { newSeed, seeded } from "./random.js";

const SECRET = "the first secret, of 32 characters or more";
const EXPIRES = 1_795_430_000;
/** Made with Python's hmac and hashlib, not with the code under test. */
const TOKEN =
  "1.eyJoIjoiaDEiLCJlIjoxNzk1NDMwMDAwLCJkIjp7ImFydGljbGUiOnsiKiI6eyJzIjoiMzA6MzA6In0sIkw1ODlYRnhsZjZBIjp7IngiOlsiNDEiLCIxMjg4NDkwMjYxNSJdLCJzIjoiNDA6NDI6NDEiLCJjIjoiLSJ9fSwidGFnIjp7IioiOnsieCI6WyI3Il19fX19.Yb18GHnmLFdjMrmmdCqBgeft8gX2UuOQaPw5uELe9pA";
const ID = "L589XFxlf6A";

const entry = (x: bigint[], s?: string, c?: string): Entry => ({
  xids: x,
  seen: s === undefined ? undefined : snapshot(s),
  content: c,
});

const PAYLOAD: Payload = {
  history: "h1",
  expires: EXPIRES,
  entries: new Map([
    ["tag", new Map([["*", entry([7n])]])],
    [
      "article",
      new Map([
        [ID, entry([41n, 12_884_902_615n], "40:42:41", "-")],
        ["*", entry([], "30:30:")],
      ]),
    ],
  ]),
};

function snapshot(text: string) {
  const parsed = parseSnapshot(text);
  if (parsed === undefined) {
    throw new Error(`no snapshot: ${text}`);
  }
  return parsed;
}

describe("token", () => {
  test("issueToken_sorts, so that equal tokens are equal texts", async () => {
    expect(await issueToken(PAYLOAD, SECRET)).toBe(TOKEN);
  });

  test("parseToken_reads what another wrote", async () => {
    expect(await parseToken(TOKEN, ["x".repeat(32), SECRET], 0)).toEqual(PAYLOAD);
  });

  test("parseToken_expiry is the first moment at which it counts no more", async () => {
    expect(await parseToken(TOKEN, [SECRET], EXPIRES * 1000 - 1)).toBeDefined();
    expect(await parseToken(TOKEN, [SECRET], EXPIRES * 1000)).toBeUndefined();
  });

  test("parseToken_cutAnywhere is no token", async () => {
    for (let length = 0; length < TOKEN.length; length++) {
      expect(await parseToken(TOKEN.slice(0, length), [SECRET], 0)).toBeUndefined();
    }
  });

  test("parseToken_anyCharacterChanged is no token", async () => {
    for (let i = 0; i < TOKEN.length; i++) {
      const other = TOKEN[i] === "A" ? "B" : "A";
      expect(await parseToken(TOKEN.slice(0, i) + other + TOKEN.slice(i + 1), [SECRET], 0)).toBeUndefined();
    }
  });

  test("documentId_isShort", async () => {
    expect(await documentId("article:gr%C3%BC%C3%9Fe")).toBe(ID);
  });

  test("contentMark_nothing is a dash", () => {
    expect(contentMark(undefined)).toBe("-");
    expect(contentMark("00".repeat(32))).toBe("A".repeat(22));
  });

  test("printPayload_modelNamedLikeAnythingInJavaScript is printed", () => {
    const entries = new Map(["z", "constructor", "__proto__", "2", "10"].map((model) => [model, new Map()]));
    expect(printPayload({ history: "h", expires: 1, entries })).toBe(
      '{"h":"h","e":1,"d":{"10":{},"2":{},"__proto__":{},"constructor":{},"z":{}}}',
    );
  });
});

describe("snapshot", () => {
  test.each(["", "1", "1:2", "1:2:3:4", "a:b:", "1:2:,", "1:2:1,", "-1:2:", "1:9223372036854775808:", " 1:2:"])(
    "parseSnapshot_%s is none",
    (text) => {
      expect(parseSnapshot(text)).toBeUndefined();
    },
  );

  test("sees_idsBeyondDoubles exactly", () => {
    const text = "9007199254740992:9007199254740996:9007199254740993";
    expect(printSnapshot(snapshot(text))).toBe(text);
    expect([992n, 993n, 994n, 995n, 996n].map((n) => sees(snapshot(text), 9007199254740000n + n))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  test.each([
    ["10:12:10", "10:12:10", true],
    ["10:12:", "10:12:10", true],
    ["10:12:10", "10:12:", false],
    ["10:13:10", "10:12:10,11", true],
    ["10:12:10", "10:13:10", false],
    ["10:15:10", "10:10:", true],
  ])("seesAllOf_%s of %s: %s", (a, b, all) => {
    expect(seesAllOf(snapshot(a), snapshot(b))).toBe(all);
  });
});

describe("entry", () => {
  test.each<[string, Entry, Entry, Entry]>([
    ["two writes", entry([5n]), entry([4n, 5n]), entry([4n, 5n])],
    ["a write that was seen", entry([5n]), entry([], "9:9:", "-"), entry([], "9:9:", "-")],
    ["a write that was not", entry([9n]), entry([], "9:9:", "-"), entry([9n], "9:9:", "-")],
    ["two snapshots", entry([], "8:8:", "a"), entry([], "9:9:", "b"), entry([], "9:9:", "b")],
    ["one snapshot, two contents", entry([], "9:9:", "a"), entry([], "9:9:", "b"), entry([], "9:9:")],
    ["one snapshot, one content", entry([], "9:9:"), entry([], "9:9:", "b"), entry([], "9:9:", "b")],
    ["neither sees all", entry([], "9:12:9", "a"), entry([11n], "11:11:", "b"), entry([], "12:12:")],
  ])("mergeEntries_%s, either way round", (_, a, b, merged) => {
    expect(mergeEntries(a, b)).toEqual(merged);
    expect(mergeEntries(b, a)).toEqual(merged);
  });

  test.each<[string, Entry, string | undefined, string, boolean]>([
    ["all visible", entry([8n], "7:7:"), "9:9:", "x", true],
    ["one is not", entry([8n, 9n]), "9:9:", "x", false],
    ["older than seen", entry([], "9:9:", "a"), "8:8:", "b", false],
    ["older, same content", entry([], "9:9:", "a"), "8:8:", "a", true],
    ["same content, but a write since", entry([9n], "9:9:", "a"), "8:8:", "a", false],
    ["absent as before", entry([], "9:9:", "-"), undefined, "-", true],
    ["absent, was there", entry([], "9:9:", "a"), undefined, "-", false],
    ["absent, a write", entry([3n]), undefined, "-", false],
  ])("isMetBy_%s", (_, demand, text, content, met) => {
    expect(isMetBy(demand, { snapshot: text === undefined ? undefined : snapshot(text), content })).toBe(met);
  });
});

describe("payload", () => {
  const of = (entries: Payload["entries"], history = "h1", expires = 9): Payload => ({ history, expires, entries });
  const one = (model: string, id: string, demand: Entry) => new Map([[model, new Map([[id, demand]])]]);

  test("requirementOf_document is what the token says of it, of its model and of everything", () => {
    const entries = new Map([...one("a", "1", entry([5n])), ...one("*", "*", entry([6n]))]);
    entries.get("a")?.set("*", entry([7n]));
    expect(requirementOf(of(entries), "a", "1")).toEqual(entry([5n, 6n, 7n]));
    expect(requirementOf(of(entries), "a", "2")).toEqual(entry([6n, 7n]));
    expect(requirementOf(of(entries), "b", "1")).toEqual(entry([6n]));
    expect(requirementOf(of(one("a", "1", entry([5n]))), "b", "1")).toBeUndefined();
  });

  test("mergePayloads_anotherHistory is left out, the later expiry stays", () => {
    const a = of(one("a", "1", entry([5n])), "h1", 10);
    const b = of(one("a", "1", entry([6n])), "h1", 20);
    const c = of(one("a", "1", entry([7n])), "h0", 15);
    expect(mergePayloads([a, c, b])).toEqual(of(one("a", "1", entry([5n, 6n])), "h1", 20));
    expect(mergePayloads([])).toBeUndefined();
  });

  test("boundPayload_manyXids become a ceiling", () => {
    const xids = Array.from({ length: 17 }, (_, i) => BigInt(i + 1));
    expect(boundPayload(of(one("a", "1", entry(xids)))).entries).toEqual(one("a", "1", entry([], "18:18:")));
    const most = mergeEntries(entry(xids), entry([], "9:30:9,17", "a"));
    expect(boundPayload(of(one("a", "1", most))).entries).toEqual(one("a", "1", entry([9n, 17n], "9:30:9,17", "a")));
  });

  test("boundPayload_longSnapshot is rounded up, its content stays", () => {
    const long = `100:999:${Array.from({ length: 50 }, (_, i) => 100 + i).join(",")}`;
    expect(boundPayload(of(one("a", "1", entry([], long, "-")))).entries).toEqual(
      one("a", "1", entry([], "100:999:", "-")),
    );
  });

  test("boundPayload_33Documents: the model with most becomes one demand", () => {
    const entries = new Map([
      ["a", new Map(Array.from({ length: 16 }, (_, i) => [`${i}`, entry([BigInt(i + 1)])]))],
      ["b", new Map(Array.from({ length: 17 }, (_, i) => [`${i}`, entry([], `${i + 1}:${i + 3}:${i + 1}`, "-")]))],
    ]);
    const bounded = boundPayload(of(entries)).entries;
    expect(bounded.get("a")?.size).toBe(16);
    expect(bounded.get("b")).toEqual(new Map([["*", entry([], "19:19:")]]));
  });

  test("boundPayload_neverDemandsLess", () => {
    const random = seeded(newSeed("boundPayload_neverDemandsLess"));
    for (let round = 0; round < 300; round++) {
      const entries = new Map<string, Map<string, Entry>>();
      for (let i = random(60); i >= 0; i--) {
        const model = `m${random(4)}`;
        const documents = entries.get(model) ?? new Map<string, Entry>();
        const low = 1 + random(40);
        const text = `${low}:${low + 5}:${low}${random(2) ? `,${low + 2}` : ""}`;
        const xids = Array.from({ length: random(3) * 9 }, (_, n) => BigInt(1 + n * 3 + random(3)));
        const demand = mergeEntries(
          entry([...new Set(xids)]),
          random(2) || xids.length === 0 ? entry([], text, "-") : entry(xids),
        );
        entries.set(model, documents.set(random(9) ? `${random(50)}` : "*", demand));
      }
      const bounded = boundPayload(of(entries));
      for (const [model, documents] of entries) {
        for (const id of documents.keys()) {
          const before = requirementOf(of(entries), model, id) ?? entry([]);
          const after = requirementOf(bounded, model, id) ?? entry([]);
          for (const offered of ["1:1:", "20:25:20", "30:36:31,33", "40:45:42", "60:60:"]) {
            const version = { snapshot: snapshot(offered), content: "x" };
            expect(isMetBy(before, version) || !isMetBy(after, version), `${model} ${id} ${offered}`).toBe(true);
          }
        }
      }
    }
  });

  test("ceiling_seesAllBelow", () => {
    expect(printSnapshot(ceiling(5n))).toBe("5:5:");
  });
});
