import { expect, test } from "vitest";
import golden from "../../cache-sync/read-model/src/test/resources/golden/keys.json" with { type: "json" };
import { documentKey } from "../src/reader/key.js";

test.each(golden)("documentKey_golden: $kvKey", ({ model, template, values, kvKey }) => {
  expect(documentKey(model, template, values)).toBe(kvKey);
});

test("documentKey_wrongNumberOfValues is refused", () => {
  expect(() => documentKey("article", "{slug}", [])).toThrow(RangeError);
  expect(() => documentKey("article", "{slug}", ["a", "b"])).toThrow(RangeError);
  expect(() => documentKey("front_page", "", ["a"])).toThrow(RangeError);
});

test("documentKey_loneSurrogate is refused", () => {
  expect(() => documentKey("article", "{slug}", ["\ud83e"])).toThrow(RangeError);
});

test("documentKey_valueLikeReplacementPattern is taken literally", () => {
  expect(documentKey("article", "{slug}", ["$&$1"])).toBe("article:%24%26%241");
});
