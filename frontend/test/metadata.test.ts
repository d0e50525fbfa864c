import { expect, test } from "vitest";
import golden from "../../cache-sync/read-model/src/test/resources/golden/metadata.json" with { type: "json" };
import { parseMetadata } from "../src/reader/metadata.js";

const VALID = {
  snapshot: "10:12:10",
  hash: "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
  committed: "2026-11-23T17:42:01.100Z",
  history: "h1",
};

test.each(golden)("parseMetadata_golden: $snapshot", ({ json, ...members }) => {
  expect(parseMetadata(JSON.parse(json))).toEqual(members);
});

test("parseMetadata_unknownMember is ignored", () => {
  expect(parseMetadata({ ...VALID, generation: 7 })).toEqual(VALID);
});

test("parseMetadata_shortened says up to where it may have seen", () => {
  expect(parseMetadata({ ...VALID, snapshot: "10:10:", xmax: "12" })).toEqual({
    ...VALID,
    snapshot: "10:10:",
    xmax: "12",
  });
});

test.each([
  ["an xmax that is no id", { ...VALID, xmax: 12 }],
  ["nothing", null],
  ["text", "12:13:"],
  ["an array", [VALID]],
  ["no snapshot", { ...VALID, snapshot: undefined }],
  ["another snapshot form", { ...VALID, snapshot: "12:13" }],
  ["a short hash", { ...VALID, hash: "abc" }],
  ["a hash in capitals", { ...VALID, hash: VALID.hash.toUpperCase() }],
  ["a date that does not exist", { ...VALID, committed: "2026-13-01T00:00:00.000Z" }],
  ["a local time", { ...VALID, committed: "2026-11-23 17:42:01" }],
  ["a number as history", { ...VALID, history: 1 }],
])("parseMetadata_notTheWorkers: %s", (_, value) => {
  expect(parseMetadata(value)).toBeUndefined();
});
