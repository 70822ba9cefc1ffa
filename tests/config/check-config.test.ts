import { describe, expect, test } from "bun:test";
import { checkConfig } from "../../src/config/check-config.ts";
import { serveFlags } from "../../src/config/flags.ts";
import type { Config } from "../../src/config/written.ts";

const checked = (content: unknown) => {
  const result = checkConfig(serveFlags, content, "c.json");
  if (!result.ok) throw new Error(result.message);
  return result.value;
};

const refusal = (content: unknown) => {
  const result = checkConfig(serveFlags, content, "c.json");
  return result.ok ? "accepted" : result.message;
};

/** The values of the first of these rules. */
const values = (rule: NonNullable<Config["rules"]>[number]) => {
  const set = Object.entries(checked({ rules: [rule] }).rules[0]?.values ?? {});
  return Object.fromEntries(set.filter(([, value]) => value !== undefined));
};

test("settings are the flags in camelCase, as texts by the names of the flags", () => {
  const config: Config = { $schema: "x", port: 4000, maxSize: "64mb", insecure: true, adminPrefix: "/ours", ttl: 0 };
  expect([...checked(config).settings]).toEqual([
    ["port", "4000"],
    ["insecure", "true"],
    ["ttl", "0"],
    ["max-size", "64mb"],
    ["admin-prefix", "/ours"],
  ]);
});

test("an empty file says nothing", () => {
  for (const content of [undefined, null, {}]) expect(checked(content)).toMatchObject({ rules: [], seed: undefined });
});

describe("what is wrong is named by its path and value, with what is allowed", () => {
  test.each<[unknown, string]>([
    [5, "c.json is not an object with port, host,"],
    [{ prot: 1 }, "prot in c.json is not known; did you mean port?"],
    [{ "max-size": 1 }, '["max-size"] in c.json is not known; did you mean maxSize?'],
    [{ config: "x" }, "config in c.json is not known: there are port,"],
    [{ clearCache: true }, "clearCache in c.json is not known"],
    [{ port: true }, "port true in c.json is not a text"],
    [{ insecure: "yes" }, 'insecure "yes" in c.json is not true or false'],
    [{ adminToken: ["s3cret"] }, "adminToken in c.json is not a text"],
    [{ seed: -1 }, "seed -1 in c.json is not a whole number from 0 to"],
    [{ rules: {} }, "rules {} in c.json is not a list of rules"],
    [{ rules: [5] }, "rules[0] 5 in c.json is not an object with scenario, match,"],
    [{ rules: [{}, { dely: 1 }] }, "rules[1].dely in c.json is not known; did you mean delay?"],
    [{ rules: [{ delay: "5x" }] }, 'rules[0].delay "5x" in c.json is not a duration: write a whole number with a unit'],
    [{ rules: [{ delay: { min: "1s" } }] }, "rules[0].delay.max in c.json is missing"],
    [{ rules: [{ delay: { min: "2s", max: "1s" } }] }, "has a min that is longer than its max"],
    [
      { rules: [{ delay: { median: "2s", sigma: 9 } }] },
      "rules[0].delay.sigma 9 in c.json is not a number from 0 to 5",
    ],
    [{ rules: [{ ttl: true }] }, "rules[0].ttl true in c.json is not a duration"],
    [[], "c.json is a list: write an object with settings and rules"],
    [{ rules: [{ match: { headers: { "x y": "a" } } }] }, '["x y"] in c.json is not the name of a field'],
    [{ rules: [{ response: { body: () => 1 } }] }, "in c.json is nothing that can be sent: write a text, or what JSON"],
    [{ rules: [{ ttl: "1s", cache: false }] }, "has a ttl and says cache: false"],
    [{ rules: [{ cache: true }] }, "rules[0].cache true in c.json is not false; what is to be cached is said by ttl"],
    [{ rules: [{ match: "users" }] }, 'rules[0].match "users" in c.json is not the pattern of a path: write something'],
    [{ rules: [{ match: "/(a|b)" }] }, "it holds a regular expression"],
    [{ rules: [{ match: { path: "users" } }] }, "it has to begin with /"],
    [{ rules: [{ match: { paht: "/" } }] }, "rules[0].match.paht in c.json is not known; did you mean path?"],
    [{ rules: [{ match: { method: ["GET", "G T"] } }] }, 'rules[0].match.method[1] "G T" in c.json is not the name of'],
    [{ rules: [{ origin: "ftp://h" }] }, 'rules[0].origin "ftp://h" in c.json must begin with http:// or https://'],
    [{ rules: [{ origin: "http://me:s3cret@h" }] }, 'rules[0].origin "http://***@h" in c.json holds credentials'],
    [{ rules: [{ location: "drop" }] }, 'rules[0].location "drop" in c.json is not allowed: write rewrite'],
    [
      { rules: [{ key: { body: "xml" } }] },
      'rules[0].key.body "xml" in c.json is not allowed: write true, json, graphql, form, or an object with type, ignore and maxSize',
    ],
    [
      { rules: [{ key: { body: { type: "xml" } } }] },
      'rules[0].key.body.type "xml" in c.json is not allowed: write json, graphql or form',
    ],
    [{ rules: [{ key: { body: { maxSize: "5mb" } } }] }, 'rules[0].key.body.maxSize "5mb" in c.json is too large'],
    [{ rules: [{ key: { ignore: ["*"] } }] }, 'rules[0].key.ignore ["*"] in c.json would drop every query'],
    [
      { rules: [{ response: { headers: { "Content-Length": "1" } } }] },
      "belongs to the connection, which no rule changes",
    ],
    [{ rules: [{ request: { headers: { "a b": "x" } } }] }, "is not the name of a field"],
    [
      { rules: [{ request: { headers: { authorization: "s3\ncret" } } }] },
      "authorization in c.json is nothing that a field may",
    ],
    [
      { rules: [{ response: { status: 99 } }] },
      "rules[0].response.status 99 in c.json is not a whole number from 200 to 599",
    ],
    [{ rules: [{ cors: false }] }, "rules[0].cors false in c.json is not true, nor an object such as"],
    [
      { rules: [{ cors: { origins: ["localhost"] } }] },
      'rules[0].cors.origins[0] "localhost" in c.json is not an origin',
    ],
    [{ rules: [{ cors: { credentials: true } }] }, "has credentials for any page: name the origins"],
    [{ rules: [{ cors: { origins: ["*"], credentials: true } }] }, "has credentials for any page"],
    [
      { rules: [{ bandwidth: "50kb" }] },
      'rules[0].bandwidth "50kb" in c.json is not a bandwidth: write a size a second',
    ],
    [
      { rules: [{ fault: { type: "rest" } }] },
      'rules[0].fault.type "rest" in c.json is not allowed: write reset, empty,',
    ],
    [{ rules: [{ fault: { type: "reset", status: 500 } }] }, "rules[0].fault.status in c.json is not known"],
    [{ rules: [{ fault: { type: "reset", rate: 2 } }] }, "rules[0].fault.rate 2 in c.json is not a number from 0 to 1"],
  ])("%j", (content, message) => {
    expect(refusal(content)).toContain(message);
    expect(refusal(content)).not.toContain("s3");
  });

  test("several are told, and how many more there are", () => {
    const lines = refusal({ rules: Array.from({ length: 8 }, () => ({ ttl: "x" })) }).split("\n");
    expect(lines).toHaveLength(6);
    expect(lines[0]).toStartWith('rules[0].ttl "x" in c.json is not a duration');
    expect(lines[5]).toBe("and 3 more in c.json");
  });

  test("a long value is cut", () => {
    expect(refusal({ rules: "x".repeat(200) }).length).toBeLessThan(120);
  });
});

describe("values", () => {
  test.each<[Parameters<typeof values>[0], unknown]>([
    [{ origin: "https://api.test/v1/" }, { origin: new URL("https://api.test/v1") }],
    [
      { ttl: "5m", staleIfError: 0 },
      { ttl: 300_000, staleIfError: 0 },
    ],
    [{ key: { ignore: ["utm_*"] } }, { "key.ignore": ["utm_*"] }],
    [{ key: { body: true } }, { "key.body": { type: "any", ignore: [], maxSize: 65_536 } }],
    [{ key: { body: "graphql" } }, { "key.body": { type: "graphql", ignore: [], maxSize: 65_536 } }],
    [
      { key: { body: { type: "json", ignore: ["/a", "b"], maxSize: "1mb" } } },
      { "key.body": { type: "json", ignore: ["/a", "b"], maxSize: 1_048_576 } },
    ],
    [{ key: { body: {} } }, { "key.body": { type: "any", ignore: [], maxSize: 65_536 } }],
    [{ request: { headers: { Cookie: null, "X-A": "1" } } }, { "request.headers": { cookie: null, "x-a": "1" } }],
    [
      { response: { status: 500, body: "no" } },
      { "response.status": 500, "response.body": { text: "no", type: "text/plain;charset=utf-8" } },
    ],
    [{ response: { body: { a: 1 } } }, { "response.body": { text: '{\n  "a": 1\n}\n', type: "application/json" } }],
    [{ delay: "1s" }, { delay: { type: "fixed", ms: 1000 } }],
    [{ delay: "recorded" }, { delay: { type: "recorded" } }],
    [{ delay: { min: 0, max: "1s" } }, { delay: { type: "range", min: 0, max: 1000 } }],
    [{ delay: { median: "1s", sigma: 0.5 } }, { delay: { type: "lognormal", median: 1000, sigma: 0.5 } }],
    [{ bandwidth: "50KB/s" }, { bandwidth: 51_200 }],
    [{ fault: { type: "reset" } }, { fault: { type: "reset", rate: 1, status: 503, retryAfter: undefined } }],
    [
      { fault: { type: "status", rate: 0.5, retryAfter: "3s" } },
      { fault: { type: "status", rate: 0.5, status: 429, retryAfter: 3000 } },
    ],
    [{ cookies: { domain: null } }, { cookies: { domain: null, secure: undefined } }],
    [
      { location: "rewrite", cache: false },
      { location: "rewrite", cache: false },
    ],
  ])("%j", (rule, expected) => {
    expect<unknown>(values(rule)).toEqual(expected);
  });

  test("cors: true is open to all", () => {
    expect(values({ cors: true })).toMatchObject({ cors: { credentials: false } });
  });
});

test("what JSON cannot hold, as a module may, is named like anything else", () => {
  const endless: { self?: unknown } = {};
  endless.self = endless;
  const sent = "in c.json is nothing that can be sent";
  for (const body of [endless, { a: 1n }, Symbol("a")]) {
    expect(refusal({ rules: [{ response: { body } }] })).toContain(sent);
  }
  expect(refusal({ rules: endless })).toBe("rules [object Object] in c.json is not a list of rules");
  expect(refusal({ rules: [{ delay: 5n }] })).toStartWith("rules[0].delay 5 in c.json is not a duration");
});

test("a rule without match is about everything, and has its place", () => {
  const [first, second] = checked({ rules: [{ match: "POST /a/:id" }, {}] }).rules;
  const asked = (method: string, path: string) => ({ method, url: new URL(`http://h${path}`), headers: new Headers() });
  expect([first?.place, second?.place]).toEqual(["rules[0]", "rules[1]"]);
  expect(first?.match.path(new URL("http://h/a/1"))).toBe(true);
  expect(first?.match.rest(asked("GET", "/a/1"))).toBe(false);
  expect(second?.match.rest(asked("GET", "/b"))).toBe(true);
});
