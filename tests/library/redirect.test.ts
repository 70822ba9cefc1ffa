import { expect, test } from "bun:test";
import { type Hop, redirect } from "../../src/library/redirect.ts";

const hop = (method: string, fields: Readonly<Record<string, string>> = {}, body: Hop["body"] = null): Hop => ({
  ...{ method, url: "http://a.example/b/c#d", headers: new Headers(fields), body },
});
const content = new Blob(["x"]);

test.each<[number, string, string, boolean]>([
  [301, "GET", "GET", false],
  [301, "HEAD", "HEAD", false],
  [301, "POST", "GET", false],
  [302, "POST", "GET", false],
  [301, "PUT", "PUT", true],
  [302, "DELETE", "DELETE", true],
  [303, "PUT", "GET", false],
  [303, "POST", "GET", false],
  [303, "HEAD", "HEAD", false],
  [307, "POST", "POST", true],
  [308, "PUT", "PUT", true],
])("a %i of a %s asks by %s", (status, method, as, keeps) => {
  const isGet = method === "GET" || method === "HEAD";
  const asked = hop(method, { "content-type": "text/plain", "x-own": "1" }, isGet ? null : content);
  const next = redirect(asked, status, "../e?f", 0);
  if (next.type !== "follow") throw new Error(next.type);
  expect([next.hop.method, next.hop.url, next.hop.body !== null]).toEqual([as, "http://a.example/e?f#d", keeps]);
  expect([next.hop.headers.has("content-type"), next.hop.headers.get("x-own")]).toEqual([isGet || keeps, "1"]);
});

test.each([
  [200, "/x"],
  [304, "/x"],
  [300, "/x"],
  [302, null],
])("a %i with Location %j leads nowhere", (status, location) => {
  expect(redirect(hop("GET"), status, location, 0)).toEqual({ type: "none" });
});

test("credentials in a Location are nobody's", () => {
  const next = redirect(hop("GET"), 302, "http://user:password@a.example/e", 0);
  expect(next).toMatchObject({ type: "follow", hop: { url: "http://a.example/e#d" } });
});

test("credentials stay with the origin that they are for", () => {
  const fields = { authorization: "a", cookie: "b", host: "c", "proxy-authorization": "d", "x-own": "e" };
  const to = (location: string): readonly string[] => {
    const next = redirect(hop("GET", fields), 302, location, 0);
    return next.type === "follow" ? [...next.hop.headers.keys()] : [];
  };
  expect(to("http://a.example/z")).toHaveLength(5);
  for (const other of ["http://b.example/", "https://a.example/", "http://a.example:8080/"]) {
    expect(to(other)).toEqual(["x-own"]);
  }
});

test("what cannot be followed is said", () => {
  const why = (asked: Hop, status: number, location: string, followed = 0): string => {
    const next = redirect(asked, status, location, followed);
    return next.type === "failed" ? next.why : next.type;
  };
  expect(why(hop("GET"), 302, "data:text/plain,x")).toContain("no http or https URL");
  expect(why(hop("GET"), 302, "http://")).toContain("no http or https URL");
  expect([why(hop("GET"), 302, "/x", 19), why(hop("GET"), 302, "/x", 20)]).toEqual([
    ...["follow", "it redirects more than 20 times"],
  ]);
  const stream = hop("POST", {}, content.stream());
  expect([why(stream, 307, "/x"), why(stream, 303, "/x")]).toEqual([
    ...["it redirects, and a body that is a stream cannot be sent a second time", "follow"],
  ]);
});
