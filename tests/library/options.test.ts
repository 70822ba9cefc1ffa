import { expect, test } from "bun:test";
import type { ConfigFile } from "../../src/config/file.ts";
import { createProxy, InvalidOptions, type ProxyOptions } from "../../src/index.ts";
import { checkOptions, settingsFrom } from "../../src/library/options.ts";

const origin = "http://h";

/** What a program without types could pass. */
function untyped(options: object): ProxyOptions {
  return Object.assign({ origin }, options);
}

test("of what nothing is said a program has its own defaults: any free port of loopback, and no log", () => {
  const settings = settingsFrom(checkOptions({ origin: new URL("http://h/base/") }));
  expect(settings).toMatchObject({
    ...{ port: 0, hosts: ["127.0.0.1", "::1"], log: "off", workers: 1, rules: [], ttl: 120_000 },
    ...{ maxSize: 256 * 1024 * 1024, frozen: false, fixtures: undefined },
  });
  expect(settings.origin.href).toBe("http://h/base");
});

test("durations, sizes, switches and lists are those of a config file", () => {
  const options = { origin, ttl: "5m", maxSize: "1mb", maxEntrySize: 1000, frozen: true, fixtures: "f", seed: 7 };
  const checked = checkOptions({ ...options, ignoreQuery: ["utm_*", "_t"], rules: [{ match: "GET /a", ttl: 0 }] });
  expect(settingsFrom(checked)).toMatchObject({
    ...{ ttl: 300_000, maxSize: 1024 * 1024, maxEntrySize: 1000, frozen: true, fixtures: "f", seed: 7 },
    ...{ ignoreQuery: ["utm_*", "_t"], rules: [{ place: "rules[0]" }] },
  });
});

test("other addresses, and what is said of origins that rules name, is as in a config file", () => {
  const origins = { "http://o/v1": { failover: ["http://p"], check: "/up" } };
  expect(settingsFrom(checkOptions({ origin, failover: ["http://i", "http://j"], retries: 1, origins }))).toMatchObject(
    {
      retries: 1,
      origins: [
        { failover: [new URL("http://i"), new URL("http://j")] },
        { origin: new URL("http://o/v1"), failover: [new URL("http://p")], check: "/up" },
      ],
    },
  );
});

test.each<[object, string]>([
  [{ origin: "h" }, 'origin "h" in createProxy(options) has no scheme; did you mean http://h?'],
  [{ originAuth: "bearer:s3cret-x" }, "originAuth in createProxy(options) is not where credentials are"],
  [{ origins: { "http://o": { chekc: "/" } } }, "chekc in createProxy(options) is not known; did you mean check?"],
  [{ ttl: "5x" }, 'ttl "5x" in createProxy(options) is not a duration'],
  [{ tll: "5s" }, "tll in createProxy(options) is not known; did you mean ttl?"],
  [{ insecure: "yes" }, 'insecure "yes" in createProxy(options) is not true or false'],
  [{ frozen: true }, "pass fixtures DIR with it"],
  [{ rules: [{ fault: { type: "rest" } }] }, 'rules[0].fault.type "rest" in createProxy(options) is not allowed'],
  [{ workers: 4 }, "workers 4 in createProxy(options) is for the command"],
  [{ workers: 1 }, "workers 1 in createProxy(options) is for the command"],
  [{ onError: "no" }, "onError in createProxy(options) is not a function"],
  [{ config: true }, "config true in createProxy(options) is not the path of a file"],
  [{ origin: undefined }, "origin is missing in createProxy(options): pass"],
  [{ clearCache: true }, "clearCache in createProxy(options) is not known"],
  [{ log: "off", logFile: "x" }, "log off says that there is none"],
  [{ host: "0.0.0.0" }, "so the admin paths need a token: pass adminToken TOKEN"],
])("%j is refused", (options, message) => {
  const make = () => createProxy(untyped(options));
  expect(make).toThrow(InvalidOptions);
  expect(make).toThrow(message);
});

test("where nobody is asked nobody has to be named", () => {
  expect(settingsFrom(checkOptions({ fixtures: "f", frozen: true }))).toMatchObject({ fixtures: "f", frozen: true });
});

test("a secret is not told", () => {
  expect(() => createProxy(untyped({ adminToken: "geheim ß" }))).toThrow(/^(?!.*geheim)/s);
});

test("what a config file says counts behind the options, but for what is the command's", () => {
  const settings = new Map([
    ...[["ttl", "1m"] as const, ["timeout", "3s"] as const, ["port", "3000"] as const, ["workers", "4"] as const],
    ...[["log", "json"] as const, ["host", "0.0.0.0"] as const, ["origin", "http://file"] as const],
  ]);
  const [rule] = checkOptions({ origin, rules: [{ ttl: "1s" }] }).rules;
  const rules = rule === undefined ? [] : [{ ...rule, place: "of the file" }];
  const file: ConfigFile = { path: "/c", name: "c", text: "", content: {}, settings, rules, seed: 3 };
  const checked = checkOptions({ config: "c", timeout: "9s", rules: [{ ttl: "2s" }] });
  const resolved = settingsFrom(checked, file);
  expect(resolved).toMatchObject({ ttl: 60_000, timeout: 9000, port: 0, workers: 1, log: "off", seed: 3, config: "c" });
  expect(resolved.origin.href).toBe("http://file/");
  expect(resolved.rules?.map(({ place }) => place)).toEqual(["rules[0]", "of the file"]);
  const saying = (...said: readonly [string, string][]) =>
    settingsFrom(checkOptions({ config: "c" }), { ...file, settings: new Map(said) });
  expect(() => saying()).toThrow("origin is missing in createProxy(options) and in c");
  expect(() => saying(["origin", "http://h"], ["ttl", "x"])).toThrow('ttl "x" in c is not a duration');
});

test("what is mistyped is an error of the compiler", () => {
  const wrong = (): void => {
    // @ts-expect-error
    createProxy({});
    // @ts-expect-error
    createProxy({ origin, prot: 1 });
    // @ts-expect-error
    createProxy({ origin, workers: 2 });
    // @ts-expect-error
    createProxy({ origin, frozen: "yes" });
    // @ts-expect-error
    createProxy({ origin, clearCache: true });
    // @ts-expect-error
    createProxy({ origin, rules: [{ fault: { type: "rest" } }] });
    // @ts-expect-error
    createProxy({ origin }).rule({ dely: "1s" });
    // @ts-expect-error
    createProxy({ origin }).purge({ everything: false });
    // @ts-expect-error
    createProxy({ origin }).url;
    // @ts-expect-error
    createProxy({ origin }).lane("a").url;
    // @ts-expect-error
    createProxy({ origin }).scenario(1);
  };
  expect(wrong).toThrow(InvalidOptions);
});
