import { expect, test } from "bun:test";
import { rewritingLocation } from "../../src/rules/location.ts";
import { incoming, matched, still } from "./build.ts";

test.each([
  ["http://origin.test/v1/a?b#c", "http://localhost:3000/a?b#c"],
  ["http://origin.test/v1", "http://localhost:3000/"],
  ["/v1/a", "http://localhost:3000/a"],
  ["b", "http://localhost:3000/dir/b"],
  // Not below the base path, another scheme, another host: nothing of ours.
  ["http://origin.test/v2/a", "http://origin.test/v2/a"],
  ["https://origin.test/v1/a", "https://origin.test/v1/a"],
  ["http://else.test/v1/a", "http://else.test/v1/a"],
  ["http://", "http://"],
])("%s is %s", async (before, after) => {
  const layer = rewritingLocation(matched({ location: "rewrite" }), still());
  const headers = new Headers({ location: before, "content-location": before });
  const reply = { response: { status: 302, headers, body: null } };
  const answer = await layer?.(() => reply)(incoming("/dir/a"));
  expect(answer?.response.headers.get("location")).toBe(after);
  expect(answer?.response.headers.get("content-location")).toBe(after);
});
