import { describe, expect, test } from "bun:test";
import { type Access, refusal } from "../../src/admin/guard.ts";
import { asking } from "./asking.ts";

const STATS = "/__admin/stats";
const loopback: Access = { type: "loopback" };

describe("with a token", () => {
  const access: Access = { type: "token", token: "s3cret-Token_of.32+characters/ok=" };
  const statusFor = (authorization: string | undefined): number | undefined => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    return refusal(asking(`http://cache.example:3000${STATS}`, "GET", headers), access)?.status;
  };

  test.each([`Bearer ${access.token}`, `bearer ${access.token}`, `BEARER   ${access.token}`])("%s may", (field) => {
    expect(statusFor(field)).toBeUndefined();
  });

  test.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    access.token,
    `Basic ${access.token}`,
    `Bearer ${access.token}x`,
    `Bearer ${access.token.slice(0, -1)}`,
    `Bearer ${access.token.toUpperCase()}`,
    `Bearer ${access.token} ${access.token}`,
    `Bearer ${access.token}, Bearer ${access.token}`,
    `x Bearer ${access.token}`,
    `Bearer ${"x".repeat(10_000)}`,
  ])("%s may not", (field) => {
    expect(statusFor(field)).toBe(401);
  });

  test("the token alone counts: any name, any page, as a browser sends no token by itself", () => {
    const headers = { authorization: `Bearer ${access.token}`, origin: "https://ops.example" };
    expect(refusal(asking(`http://cache.example${STATS}`, "GET", headers), access)).toBeUndefined();
  });

  test("loopback is no excuse for having none", () => {
    expect(refusal(asking(`http://localhost:3000${STATS}`), access)?.status).toBe(401);
  });

  test("the refusal does not tell the token", () => {
    const problem = refusal(asking(`http://cache.example${STATS}`), access);
    expect(JSON.stringify(problem)).not.toContain(access.token);
  });
});

describe("on loopback without a token", () => {
  test.each(["localhost:3000", "localhost", "LOCALHOST:3000", "127.0.0.1:3000", "127.0.0.1", "[::1]:3000", "[0:0::1]"])(
    "%s is this machine",
    (host) => {
      expect(refusal(asking(`http://${host}${STATS}`), loopback)).toBeUndefined();
    },
  );

  // A page of evil.example whose name now points to 127.0.0.1 is same-origin to the browser: only Host gives it away.
  test.each([
    "evil.example:3000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil-localhost",
    "localhost.",
    "0.0.0.0:3000",
    "[::]:3000",
    "192.168.0.7",
    "[::2]",
  ])("%s is not, whatever the page says of itself (DNS rebinding)", (host) => {
    const headers = { origin: `http://${host}`, "sec-fetch-site": "same-origin" };
    expect(refusal(asking(`http://${host}${STATS}`), loopback)?.title).toBe("Unknown host name");
    expect(refusal(asking(`http://${host}${STATS}`, "POST", headers), loopback)?.status).toBe(403);
  });

  test.each([
    ["a program, which sends neither", {}],
    ["a page of ours", { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" }],
    ["a page of ours in an older browser", { origin: "http://localhost:3000" }],
    ["the address typed by a person", { "sec-fetch-site": "none" }],
  ])("%s may", (_, headers: Record<string, string>) => {
    expect(refusal(asking(`http://localhost:3000${STATS}`, "POST", headers), loopback)).toBeUndefined();
  });

  test.each([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { "sec-fetch-site": "same-site" }],
    ["a word that browsers don't say", { "sec-fetch-site": "same-origin, none" }],
    ["another site in an older browser", { origin: "https://evil.example" }],
    ["another port in an older browser", { origin: "http://localhost:4000" }],
    ["the other scheme", { origin: "https://localhost:3000" }],
    ["another name of this machine", { origin: "http://127.0.0.1:3000" }],
    ["a sandboxed frame or a file", { origin: "null" }],
    ["an Origin that lies beside the truth", { origin: "http://localhost:3000", "sec-fetch-site": "cross-site" }],
    ["a truth beside an Origin that lies", { origin: "https://evil.example", "sec-fetch-site": "same-origin" }],
  ])("%s may not (CSRF)", (_, headers: Record<string, string>) => {
    const problem = refusal(asking(`http://localhost:3000${STATS}`, "POST", headers), loopback);
    expect(problem).toMatchObject({ status: 403, title: "Cross-site request" });
  });
});

describe("the page itself, which knows nothing", () => {
  const navigation = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const ask = (headers: Record<string, string>, access: Access, host = "localhost:3000") =>
    refusal(asking(`http://${host}/__admin/`, "GET", headers), access, "page")?.title;

  test("is there without the token, for which it asks", () => {
    expect(ask({}, { type: "token", token: "secret" }, "cache.example")).toBeUndefined();
  });

  test.each([
    ["a link that somebody follows leads to it", navigation, undefined],
    ["no frame shows it", { ...navigation, "sec-fetch-dest": "iframe" }, "Cross-site request"],
    ["no script of another site reads it", { ...navigation, "sec-fetch-mode": "cors" }, "Cross-site request"],
  ])("on loopback %s", (_, headers, title) => {
    expect(ask(headers, { type: "loopback" })).toBe(title);
  });

  test("a followed link leads to nothing else", () => {
    expect(refusal(asking(`http://localhost:3000${STATS}`, "GET", navigation), { type: "loopback" })?.status).toBe(403);
  });

  test("by a foreign name it is not there", () => {
    expect(ask(navigation, { type: "loopback" }, "evil.example")).toBe("Unknown host name");
  });
});
