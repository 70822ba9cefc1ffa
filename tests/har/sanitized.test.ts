import { expect, test } from "bun:test";
import { mayBeSanitized } from "../../src/har/sanitized.ts";

const chromes = { _initiator: { type: "other" }, request: { headers: [{ name: "accept", value: "*/*" }] } };
const cookie = { response: { headers: [{ name: "Set-Cookie", value: "a=b" }] } };

test.each([
  [[], false],
  [[chromes], true],
  [[chromes, cookie], false],
  [[{ request: chromes.request }], false],
  [[null, "x", { _initiator: 1, request: { headers: [null, {}] } }], true],
])("%j: %p", (entries, may) => {
  expect(mayBeSanitized(entries)).toBe(may);
});
