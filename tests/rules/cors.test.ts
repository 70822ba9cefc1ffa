import { describe, expect, test } from "bun:test";
import { answeringPreflights, sharing } from "../../src/rules/cors.ts";
import { RulesInForce } from "../../src/rules/in-force.ts";
import { matchOf } from "../../src/rules/match.ts";
import type { Cors } from "../../src/rules/rule.ts";
import { incoming, matched, still } from "./build.ts";

const OPEN: Cors = {
  ...{ origins: undefined, methods: undefined, headers: undefined },
  ...{ expose: undefined, credentials: false, maxAge: undefined },
};
const PAGE = "http://localhost:5173";

async function shared(cors: Partial<Cors>, origin: string | undefined, fields: Readonly<Record<string, string>> = {}) {
  const layer = sharing(matched({ cors: { ...OPEN, ...cors } }), still());
  const reply = { response: { status: 200, headers: new Headers(fields), body: null } };
  const answer = await layer?.(() => reply)(incoming("/", origin === undefined ? {} : { headers: { origin } }));
  return Object.fromEntries(answer?.response.headers ?? []);
}

describe("answers", () => {
  test("open to all are the same for all", async () => {
    expect(await shared({}, PAGE)).toEqual({ "access-control-allow-origin": "*" });
    expect(await shared({}, undefined)).toEqual({ "access-control-allow-origin": "*" });
  });

  test("for some name who asks, and vary by that", async () => {
    const cors = { origins: ["http://localhost:*"], credentials: true };
    expect(await shared(cors, PAGE, { vary: "accept" })).toEqual({
      "access-control-allow-origin": PAGE,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "vary",
      vary: "accept, Origin",
    });
    expect(await shared(cors, "https://evil.example")).toEqual({ vary: "Origin" });
    expect(await shared(cors, undefined)).toEqual({ vary: "Origin" });
  });

  test("say nothing of what the origin said", async () => {
    const fields = {
      "access-control-allow-origin": "https://else",
      "access-control-expose-headers": "x-b",
      "x-a": "1",
    };
    expect(await shared({}, PAGE, fields)).toEqual({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "x-a",
      "x-a": "1",
    });
    expect(await shared({ expose: ["etag"] }, PAGE, fields)).toMatchObject({ "access-control-expose-headers": "etag" });
  });
});

describe("preflights", () => {
  const preflight = async (cors: Partial<Cors>, fields: Readonly<Record<string, string>>, method = "OPTIONS") => {
    const match = matchOf({ method: "PUT" });
    const rules = new RulesInForce([{ place: "rules[0]", match, values: { cors: { ...OPEN, ...cors } } }]);
    const passed = { response: { status: 200, headers: new Headers(), body: null } };
    const headers = { origin: PAGE, "access-control-request-method": "PUT", ...fields };
    const answer = await answeringPreflights(rules, still().counts)(() => passed)(incoming("/", { method, headers }));
    return { status: answer.response.status, ...Object.fromEntries(answer.response.headers) };
  };

  test("are given what they ask for where nothing else is said", async () => {
    expect(await preflight({}, { "access-control-request-headers": "x-a, x-b" })).toMatchObject({
      status: 204,
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "x-a, x-b",
    });
  });

  test("are given what is said", async () => {
    const said = { methods: ["PUT", "GET"], headers: ["x-a"], maxAge: 5500 };
    expect(await preflight(said, { "access-control-request-private-network": "true" })).toMatchObject({
      status: 204,
      "access-control-allow-methods": "PUT, GET",
      "access-control-allow-headers": "x-a",
      "access-control-max-age": "5",
      "access-control-allow-private-network": "true",
    });
    expect(await preflight({ methods: ["GET"] }, {})).toMatchObject({ status: 403 });
  });

  test("are none where no rule is about the method, or nobody asks for one", async () => {
    expect(await preflight({}, { "access-control-request-method": "DELETE" })).toEqual({ status: 200 });
    expect(await preflight({}, {}, "GET")).toEqual({ status: 200 });
  });
});
