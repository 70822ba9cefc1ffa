import { expect, test } from "bun:test";
import type { CacheStatus } from "../../src/http/cache-status.ts";
import type { Reply } from "../../src/http/exchange.ts";
import { problemResponse } from "../../src/http/problem.ts";
import { failureReply } from "../../src/proxy/failure.ts";
import { leastDetail } from "../../src/proxy/least-detail.ts";
import { asking } from "../admin/asking.ts";
import { made } from "../http/made.ts";

async function told(
  reply: Reply,
): Promise<{ readonly same: boolean; readonly text: string; readonly headers: Headers }> {
  const answered = await leastDetail(() => reply)(asking("http://h/x"));
  return { same: answered === reply, text: await made(answered.response).text(), headers: answered.response.headers };
}

const ORIGIN = "http://10.0.0.5:8080";

test.each([
  failureReply({ type: "unreachable", cause: "connection refused by 10.0.0.5" }, "uri-miss", ORIGIN),
  failureReply({ type: "timeout", after: 50 }, "uri-miss", ORIGIN),
  failureReply({ type: "loop" }, "uri-miss", ORIGIN),
  failureReply({ type: "unsupported-method" }, "method", ORIGIN),
  failureReply({ type: "rate-limited", why: "refused", retryAfter: 7 }, "uri-miss", ORIGIN),
  failureReply({ type: "offline" }, "uri-miss", ORIGIN),
])("an error of ours keeps its status and fields, and loses what it told %#", async (reply) => {
  const { same, text, headers } = await told(reply);
  expect(same).toBe(false);
  expect(text).not.toContain("10.0.0.5");
  expect(text).not.toContain("--");
  expect(JSON.parse(text).status).toBe(reply.response.status);
  expect(headers.get("cache-status")).toBe(reply.response.headers.get("cache-status"));
  expect(headers.get("retry-after")).toBe(reply.response.headers.get("retry-after"));
  expect(headers.get("cache-control")).toBe("no-store");
});

const PROBLEM = problemResponse({ status: 502, title: "Theirs", detail: "As it is at 10.0.0.5" });

test.each<CacheStatus>([
  { type: "forward", fwd: "uri-miss", status: 502, stored: false },
  { type: "forward", fwd: "method", status: 502, stored: false },
  { type: "none", detail: "rule" },
  { type: "hit", key: "/x", ttl: 5 },
])("what the origin or a rule said stays: %j", async (cacheStatus) => {
  expect((await told({ response: PROBLEM, cacheStatus })).same).toBe(true);
});
