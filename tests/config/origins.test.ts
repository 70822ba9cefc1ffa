import { describe, expect, test } from "bun:test";
import { checkConfig } from "../../src/config/check-config.ts";
import { serveFlags } from "../../src/config/flags.ts";
import { type Environment, gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";

const NAME = "c.json";

/** Settings of flags and of what a config file says, or what is wrong with them. */
function resolved(args: Readonly<Record<string, unknown>>, config: object = {}, env: Environment = {}) {
  const checked = checkConfig(serveFlags, config, NAME);
  if (!checked.ok) return checked.message;
  const { settings, ...file } = checked.value;
  const given = gather(serveFlags, { origin: "https://api.test/v1", ...args }, {}, { name: NAME, settings });
  const all = resolveSettings(given, false, { ...file, name: NAME }, env);
  if (!all.ok) return all.message;
  const { origins, retries, breaker, originCheckEvery } = all.value;
  return { origins, retries, breaker, originCheckEvery };
}

describe("what is said of --origin", () => {
  test("by flags", () => {
    const args = {
      ...{
        failover: "https://b.test/v1/, unix:/run/c.sock",
        "origin-check": "/ready?deep=1",
        "origin-auth": "bearer:T",
      },
      ...{ retries: "2", breaker: true, "origin-check-every": "5s" },
    };
    expect(resolved(args, {}, { T: "abc\n" })).toEqual({
      origins: [
        {
          origin: new URL("https://api.test/v1"),
          failover: [
            new URL("https://b.test/v1"),
            new URL(`http://${Buffer.from("/run/c.sock").toString("hex")}.unix.invalid`),
          ],
          check: "/ready?deep=1",
          authorization: "Bearer abc",
        },
      ],
      ...{ retries: 2, breaker: true, originCheckEvery: 5000 },
    });
  });

  test("by a config file, in which URLs are a list, and which speaks of others too", () => {
    const config = {
      failover: ["https://b.test/v1"],
      origins: { "http://other.test": { failover: ["http://c.test"], check: "/up", auth: "basic:LOGIN" } },
    };
    expect(resolved({}, config, { LOGIN: "me:pässword:x" })).toMatchObject({
      origins: [
        { failover: [new URL("https://b.test/v1")], authorization: undefined },
        {
          origin: new URL("http://other.test"),
          failover: [new URL("http://c.test")],
          check: "/up",
          authorization: `Basic ${Buffer.from("me:pässword:x").toString("base64")}`,
        },
      ],
    });
  });

  test("nothing", () => {
    expect(resolved({})).toMatchObject({ origins: [], retries: 0, breaker: false });
  });
});

const VISIBLE = "s3cret-of-mine";
const refused: readonly [string, Readonly<Record<string, unknown>>, object, Environment, string][] = [
  ["no URL", { failover: "https://b.test,c.test" }, {}, {}, "did you mean http://c.test?"],
  [
    "twice",
    { failover: "https://b.test,https://b.test" },
    {},
    {},
    "has https://b.test/ twice, or has the origin itself",
  ],
  ["itself", { failover: "https://api.test/v1/" }, {}, {}, "twice, or has the origin itself"],
  [
    "in the clear",
    { failover: "http://b.test", "origin-auth": "bearer:T" },
    {},
    { T: "a" },
    "would send credentials that are for https://api.test to http://b.test",
  ],
  ["retries", { retries: "6" }, {}, {}, '--retries "6" is no number of retries: write 0 to 5'],
  ["a check", { "origin-check": "health" }, {}, {}, "is not the path of a health check: write it as /health"],
  ["how often", { "origin-check-every": "10ms" }, {}, {}, "must be from 100ms to 1d"],
  [
    "no variable",
    { "origin-auth": "bearer:API_TOKEN" },
    {},
    {},
    "--origin-auth needs the variable API_TOKEN, which is not set",
  ],
  ["an empty one", { "origin-auth": "bearer:API_TOKEN" }, {}, { API_TOKEN: " " }, "which is not set"],
  ["the secret itself", { "origin-auth": `bearer:${VISIBLE}` }, {}, {}, "--origin-auth is not where credentials are"],
  [
    "the secret, like a name",
    { "origin-auth": "bearer:s3cretofmine" },
    {},
    {},
    "--origin-auth needs the variable that it names, which is not set",
  ],
  ["a header", { "origin-auth": "bearer:T" }, {}, { T: `Bearer ${VISIBLE}` }, "needs a token alone in the variable T"],
  ["no user", { "origin-auth": "basic:T" }, {}, { T: VISIBLE }, "--origin-auth needs user:password in the variable T"],
  ["a line", { "origin-auth": "basic:T" }, {}, { T: `me:\n${VISIBLE}` }, "needs user:password in the variable T"],
  [
    "of a file: no variable",
    {},
    { origins: { "http://o.test": { auth: "bearer:NONE" } } },
    {},
    'origins["http://o.test/"].auth in c.json needs the variable NONE, which is not set',
  ],
  [
    "of a file: the secret in a list",
    {},
    { origins: { "http://o.test": { auth: [VISIBLE] } } },
    {},
    'origins["http://o.test"].auth in c.json is not a text',
  ],
  [
    "of a file: the secret, of what is no origin",
    {},
    { origins: { "o.test": { auth: VISIBLE } } },
    {},
    "origins in c.json has a name that has no scheme; did you mean http://o.test?",
  ],
  [
    "of a file: the secret, where more is to be said",
    {},
    { origins: { "http://[::1]": VISIBLE } },
    {},
    'origins["http://[::1]"] in c.json is not an object with failover, check and auth',
  ],
  [
    "of a file: no origin",
    {},
    { origins: { "o.test": {} } },
    {},
    "has a name that has no scheme; did you mean http://o.test?",
  ],
  ["of a file: twice", {}, { origins: { "http://o.test": {}, "http://o.test/": {} } }, {}, "has http://o.test/ twice"],
  ["of a file: unknown", {}, { origins: { "http://o.test": { chekc: "/x" } } }, {}, "did you mean check?"],
  [
    "of a file: no URL",
    {},
    { origins: { "http://o.test": { failover: ["x"] } } },
    {},
    'failover[0] "x" in c.json has no scheme',
  ],
  [
    "of both",
    { failover: "https://b.test" },
    { origins: { "https://api.test/v1": {} } },
    {},
    "say all of it in one place",
  ],
];
test.each(refused)("what is refused: %s", (_, args, config, env, message) => {
  const said = resolved(args, config, env);
  expect(said).toContain(message);
  expect(said).not.toContain(VISIBLE);
});
