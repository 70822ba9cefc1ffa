import { describe, expect, test } from "bun:test";
import type { BypassReason } from "../../src/caching/bypass.ts";
import type { Doubt } from "../../src/caching/reuse.ts";
import type { NotKept } from "../../src/caching/storable.ts";
import type { ForwardReason } from "../../src/http/cache-status.ts";
import type { Detail } from "../../src/http/detail.ts";
import { explained } from "../../src/observe/access-reasons.ts";

type Words = Detail | NotKept | BypassReason | Exclude<Doubt, "none">;

/** All words, with whether an RFC says so or only we. The types see to it that none is left out. */
const DETAILS = {
  method: "rfc",
  "partial-content": "rfc",
  "range-not-satisfiable": "rfc",
  "not-modified": "rfc",
  "request-no-store": "rfc",
  "no-store": "rfc",
  private: "rfc",
  authorization: "rfc",
  personal: "rfc",
  "vary-star": "rfc",
  "status-not-understood": "rfc",
  "status-not-cacheable": "rfc",
  "no-lifetime-and-no-validator": "rfc",
  "too-large": "house",
  "too-many-tags": "house",
  "end-not-provable": "rfc",
  "request-at-fault": "rfc",
  invalidated: "rfc",
  "origin-unreachable": "rfc",
  "origin-timeout": "rfc",
  "client-left": "house",
  loop: "rfc",
  "method-not-supported": "rfc",
  "request-no-cache": "rfc",
  "no-cache": "rfc",
  "request-max-age": "rfc",
  expired: "rfc",
  "request-min-fresh": "rfc",
  "origin-rate-limited": "rfc",
  "origin-overloaded": "rfc",
  "origin-quota-low": "house",
  overloaded: "house",
  "circuit-open": "house",
  "ambiguous-url": "house",
  "precondition-for-origin": "rfc",
  "query-too-large": "rfc",
  "content-unreadable": "house",
  "graphql-not-query": "house",
  websocket: "rfc",
  "only-if-cached": "rfc",
  "internal-error": "house",
  "bad-request": "rfc",
  "stale-if-error": "rfc",
  "validation-failed": "rfc",
  rule: "house",
  "cors-preflight": "house",
  "fault-status": "house",
  "fault-reset": "house",
  "fault-empty": "house",
  "fault-timeout": "house",
  offline: "house",
  fixture: "house",
  "fixture-broken": "house",
  unrecorded: "house",
  heuristic: "rfc",
} as const satisfies Record<Words, "rfc" | "house">;

const ASKED = {
  "uri-miss": "rfc",
  "vary-miss": "rfc",
  miss: "rfc",
  stale: "rfc",
  request: "rfc",
  partial: "rfc",
  bypass: "house",
} as const satisfies Record<Exclude<ForwardReason, "method">, "rfc" | "house">;

describe("each word of a decision has a sentence", () => {
  test.each(Object.entries({ ...ASKED, ...DETAILS, collapsed: "rfc" }))("%s", (word, source) => {
    const sentence = explained(word);
    expect(sentence).not.toBe(word);
    expect(sentence.split(" ").length).toBeGreaterThan(4);
    if (source === "rfc") expect(sentence).toMatch(/RFC \d{4,5}/);
    expect(sentence).not.toMatch(/\p{Cc}/u);
  });
});

test("several words are several sentences, and an unknown one stands for itself", () => {
  expect(explained("uri-miss, no-store")).toBe(`${explained("uri-miss")}; ${explained("no-store")}`);
  expect(explained("stale, expired")).toBe(explained("expired"));
  expect(explained("vary-miss, accept-language")).toMatch(/asked for with another accept-language \(RFC 9111 §4\.1\)$/);
  expect(explained("vary-miss, host")).toMatch(/asked for by another name or port/);
  expect(explained("vary-miss, no-store")).toBe(`${explained("vary-miss")}; ${explained("no-store")}`);
  expect(explained("stale, of-tomorrow")).toEndWith("; of-tomorrow");
});

test("docs/logging.md has the same sentences", async () => {
  const page = await Bun.file(new URL("../../docs/logging.md", import.meta.url)).text();
  const words = Object.keys({ ...ASKED, collapsed: "rfc", ...DETAILS });
  const rows = page
    .split("\n")
    .filter((line) => /^\| `[a-z-]+` \| /.test(line) && words.includes(line.split("`")[1] ?? ""));
  expect(rows).toEqual(words.map((word) => `| \`${word}\` | ${explained(word)} |`));
});
