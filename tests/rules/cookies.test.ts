import { expect, test } from "bun:test";
import { fitted } from "../../src/rules/cookies.ts";
import type { Cookies } from "../../src/rules/rule.ts";

test.each<[Partial<Cookies>, string, string]>([
  [{ domain: "localhost" }, "a=1; Domain=example.com; Path=/", "a=1; Domain=localhost; Path=/"],
  [{ domain: "localhost" }, "a=1; Path=/", "a=1; Path=/"],
  [{ domain: null }, "a=1;domain = .example.com;HttpOnly", "a=1; HttpOnly"],
  [{ secure: false }, "a=1; SECURE; SameSite=None", "a=1; SameSite=Lax"],
  [{ secure: false }, "a=1; Secure; SameSite=Strict", "a=1; SameSite=Strict"],
  [{ secure: true }, "a=1; secure", "a=1; Secure"],
  [{ secure: true }, "a=1", "a=1; Secure"],
  [{}, "a=b=c; Expires=Mon, 01 Jan 2024 00:00:00 GMT", "a=b=c; Expires=Mon, 01 Jan 2024 00:00:00 GMT"],
])("%j: %s", (cookies, before, after) => {
  expect(fitted(before, { domain: undefined, secure: undefined, ...cookies })).toBe(after);
});
