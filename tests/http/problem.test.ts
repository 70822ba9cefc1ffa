import { expect, test } from "bun:test";
import { problemResponse } from "../../src/http/problem.ts";
import { isWithoutBody } from "../../src/http/status.ts";
import { made } from "./made.ts";

test("RFC 9457 §3: a problem is JSON that no cache may keep", async () => {
  const response = problemResponse({
    status: 502,
    title: "Origin unreachable",
    detail: "refused",
    extra: { origin: "o" },
  });
  expect(response.status).toBe(502);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await made(response).json()).toEqual({
    type: "about:blank",
    title: "Origin unreachable",
    status: 502,
    detail: "refused",
    origin: "o",
  });
});

test.each([
  [200, false],
  [204, true],
  [205, true],
  [206, false],
  [304, true],
  [404, false],
])("RFC 9110 §6.4.1: %d is without content: %p", (status, without) => {
  expect(isWithoutBody(status)).toBe(without);
});
