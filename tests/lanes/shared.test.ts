import { expect, test } from "bun:test";
import type { Incoming } from "../../src/http/exchange.ts";
import { sharingOneName, withoutLane } from "../../src/lanes/shared.ts";

function asking(url: string, headers: Record<string, string> = {}): Incoming {
  return { request: new Request(url), url: new URL(url), headers: new Headers(headers), client: () => "" };
}

const isSite = (hostname: string): boolean => hostname === "api.localhost";

test.each([
  ["http://api.localhost/", "http://api.localhost/"],
  ["http://test1.localhost:3000/a?b", "http://localhost:3000/a?b"],
  ["http://localhost:3000/", "http://localhost:3000/"],
  ["http://a.b.localhost/", "http://a.b.localhost/"],
  ["http://a_b.localhost/", "http://a_b.localhost/"],
  ["http://test1.localhost.example/", "http://test1.localhost.example/"],
])("%s is shared as %s", (url, shared) => {
  expect(withoutLane(asking(url), isSite).url.href).toBe(shared);
});

test("a request that says nothing of a lane is handed on as it is, and the same URL is the same object again", () => {
  const plain = asking("http://localhost/");
  expect(withoutLane(plain, isSite)).toBe(plain);
  const named = asking("http://a.localhost/", { "x-lane": "b", accept: "*/*" });
  expect([...withoutLane(named, isSite).headers]).toEqual([["accept", "*/*"]]);
  expect(named.headers.has("x-lane")).toBe(true);
  expect(withoutLane(named, isSite).url).toBe(withoutLane(named, isSite).url);
});

test.each([
  ["http://localhost:3000/login", "http://test1.localhost:3000/login"],
  ["http://localhost:3000", "http://test1.localhost:3000"],
  ["http://localhost:30001/", "http://localhost:30001/"],
  ["/login", "/login"],
  ["http://other.example/", "http://other.example/"],
])("a Location of %s leads to %s", async (location, led) => {
  const response = { status: 302, headers: new Headers({ location }), body: null };
  const reply = await sharingOneName(isSite)(() => ({ response }))(asking("http://test1.localhost:3000/x"));
  expect(reply.response.headers.get("location")).toBe(led);
  expect(response.headers.get("location")).toBe(location);
  const plain = await sharingOneName(isSite)(() => ({ response }))(
    asking("http://localhost:3000/x", { "x-lane": "a" }),
  );
  expect(plain.response).toBe(response);
});
