import { expect, test } from "bun:test";
import { leadsOut } from "../../src/rules/leads-out.ts";

test.each([
  "/static/..%2faccount",
  "/static/..%5Caccount",
  "/static/%2e%2e%2faccount",
  "/static/%2e.%2Faccount",
  "/static/%252e%252e%252faccount",
  "/static/..%25252faccount",
  "/static/..;/account",
  "/static/..%3bx/account",
  "/static/x/..%00",
  "/static/..%23x",
  "/..%2f",
])("%s leads elsewhere", (path) => {
  expect(leadsOut(new URL(path, "http://x").pathname)).toBe(true);
});

test.each([
  "/",
  "/static/../x",
  "/static/%2e%2e/x",
  "/@types%2Fnode",
  "/a..b/c",
  "/a/...%2fx",
  "/a%2f.x",
  "/100%25..",
  "/a/..x%2f",
])("%s does not", (path) => {
  expect(leadsOut(new URL(path, "http://x").pathname)).toBe(false);
});
