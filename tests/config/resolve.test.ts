import { describe, expect, test } from "bun:test";
import { clearFlags, serveFlags } from "../../src/config/flags.ts";
import { type Environment, gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";
import { resolveTarget } from "../../src/config/target.ts";

type Args = Readonly<Record<string, string | boolean>>;

const resolve = (args: Args, env: Environment = {}, terminal = false) =>
  resolveSettings(gather(serveFlags, { origin: "http://h", ...args }, env), terminal);

const settings = (args: Args, env: Environment = {}, terminal = false) => {
  const resolved = resolve(args, env, terminal);
  if (!resolved.ok) throw new Error(resolved.message);
  return resolved.value;
};

const refusal = (args: Args, env: Environment = {}) => {
  const resolved = resolve(args, env);
  return resolved.ok ? "accepted" : resolved.message;
};

test("the defaults are the documented ones", () => {
  expect(settings({})).toEqual({
    origin: new URL("http://h"),
    port: 3000,
    hosts: ["127.0.0.1", "::1"],
    tls: undefined,
    workers: 1,
    ttl: 120_000,
    ignoreQuery: [],
    maxSize: 256 * 1024 * 1024,
    maxEntrySize: 32 * 1024 * 1024,
    eviction: "lru",
    store: undefined,
    collapse: "local",
    fixtures: undefined,
    offline: false,
    frozen: false,
    record: "none",
    recordErrors: false,
    recordLatency: false,
    secrets: [],
    replaySpeed: 1,
    scenario: undefined,
    timeout: 30_000,
    quota: { type: "on", share: 0.1 },
    maxOriginConnections: undefined,
    insecure: false,
    originTls: undefined,
    originHttp2: false,
    origins: [],
    retries: 0,
    breaker: false,
    originCheckEvery: 10_000,
    trustForwarded: false,
    adminPrefix: "/__admin",
    healthPath: "/health",
    adminToken: undefined,
    log: "json",
    logFile: undefined,
    serverTiming: false,
    config: undefined,
    rules: undefined,
    seed: undefined,
  });
});

test("a log file is written as JSON, unless something else was said, and is nothing where nothing is logged", () => {
  expect(settings({ "log-file": "a.log" }, {}, true)).toMatchObject({ log: "json", logFile: "a.log" });
  expect(settings({ "log-file": "a.log", log: "pretty" })).toMatchObject({ log: "pretty", logFile: "a.log" });
  expect(settings({}, { CACHING_PROXY_LOG_FILE: "b.log" }).logFile).toBe("b.log");
  expect(refusal({ "log-file": "a.log", log: "off" })).toStartWith('--log-file "a.log" is where the log goes');
});

test("the log is pretty on a terminal, unless something else was said", () => {
  expect(settings({}, {}, true).log).toBe("pretty");
  expect(settings({ log: "JSON" }, {}, true).log).toBe("json");
  expect(settings({ log: "off" }).log).toBe("off");
  expect(settings({ log: "Combined" }, {}, true).log).toBe("combined");
});

test("requests are shared among proxies only where these share a Redis", () => {
  expect(settings({ collapse: "Shared", store: "redis://h" }).collapse).toBe("shared");
  expect(settings({ store: "redis://h" }).collapse).toBe("local");
  expect(refusal({ collapse: "shared", store: "sqlite:a.db" })).toBe(
    '--collapse "shared" needs a store by which proxies can agree: pass --store redis://HOST[:PORT]',
  );
  expect(refusal({}, { CACHING_PROXY_COLLAPSE: "shared" })).toStartWith('CACHING_PROXY_COLLAPSE "shared" needs');
  expect(refusal({ collapse: "all" })).toBe('--collapse "all" is nobody to share with: write local or shared');
});

describe("the size of a store", () => {
  test.each([
    [{ "store-size": "1gb" }, '--store-size "1gb" is about a store on disk: pass --store sqlite:PATH with it'],
    [{ "store-size": "1gb", store: "redis://h" }, '--store-size "1gb" is about a store on disk'],
    [
      { "store-size": "10", store: "sqlite:a.db" },
      '--store-size "10" is too little for a store on disk: write at least 1mb',
    ],
  ])("%j is refused", (args, why) => {
    expect(refusal(args)).toStartWith(why);
  });

  test("the least is enough", () => {
    expect(settings({ "store-size": "1mb", store: "sqlite:a.db" }).store).toMatchObject({ maxBytes: 1024 * 1024 });
  });
});

test("no message shows the password of a store", () => {
  for (const store of [
    "redis://:s3cret@localhost:99999",
    "redis://me:s3cret@h/cache",
    "memcached://me:s3cret@h",
    "rdis://me:s3cret@h",
  ]) {
    expect(refusal({ store })).not.toContain("s3cret");
  }
});

describe("sources", () => {
  test("flags win over the environment, which wins over defaults", () => {
    const env = { CACHING_PROXY_PORT: "4000", CACHING_PROXY_MAX_SIZE: "64mb", CACHING_PROXY_INSECURE: "1" };
    expect(settings({ port: "5000" }, env)).toMatchObject({ port: 5000, maxSize: 64 * 1024 * 1024, insecure: true });
    expect(settings({ insecure: false }, env)).toMatchObject({ port: 4000, insecure: false });
  });

  test("every setting can come from the environment", () => {
    const env = {
      CACHING_PROXY_ORIGIN: "https://api.test/v1/",
      CACHING_PROXY_HOST: "0.0.0.0",
      CACHING_PROXY_TTL: "5m",
      CACHING_PROXY_MAX_ENTRY_SIZE: "1mb",
      CACHING_PROXY_WORKERS: "3",
      CACHING_PROXY_EVICTION: "S3-FIFO",
      CACHING_PROXY_TIMEOUT: "1s",
      CACHING_PROXY_TRUST_FORWARDED: "yes",
      CACHING_PROXY_ADMIN_TOKEN: "secret",
      CACHING_PROXY_ADMIN_PREFIX: "/ours/",
      CACHING_PROXY_HEALTH_PATH: "/up",
      CACHING_PROXY_LOG: "off",
    };
    const resolved = resolveSettings(gather(serveFlags, {}, env), false);
    expect(resolved.ok && resolved.value).toMatchObject({
      origin: new URL("https://api.test/v1"),
      hosts: ["0.0.0.0"],
      ttl: 300_000,
      maxEntrySize: 1024 * 1024,
      workers: 3,
      eviction: "s3-fifo",
      timeout: 1000,
      trustForwarded: true,
      adminToken: "secret",
      adminPrefix: "/ours",
      healthPath: "/up",
      log: "off",
    });
  });

  test("PORT is not ours, an empty variable says nothing, actions are for the command line", () => {
    const env = { PORT: "4000", CACHING_PROXY_PORT: "", CACHING_PROXY_CLEAR_CACHE: "true" };
    expect(settings({}, env).port).toBe(3000);
    expect(gather(serveFlags, {}, env).has("clear-cache")).toBe(false);
  });

  test("a Kubernetes service link is nobody's setting", () => {
    expect(settings({}, { CACHING_PROXY_PORT: "tcp://10.0.0.1:3000" }).port).toBe(3000);
  });

  test("a bad value is named by where it came from", () => {
    expect(refusal({ ttl: "5x" }, { CACHING_PROXY_TTL: "1s" })).toStartWith('--ttl "5x" is not a duration');
    expect(refusal({}, { CACHING_PROXY_TTL: "5x" })).toStartWith('CACHING_PROXY_TTL "5x" is not a duration');
  });
});

describe("what is refused", () => {
  test.each<[Args, string]>([
    [{ port: "x" }, '--port "x" is not a port'],
    [{ host: "*" }, '--host "*" is not an address'],
    [{ host: "0.0.0.0" }, "CACHING_PROXY_ADMIN_TOKEN"],
    [{ host: "example.com" }, "need a token"],
    [{ origin: "ftp://h" }, '--origin "ftp://h" must begin with http'],
    [{ origin: "http://localhost:3000" }, "where this proxy would listen itself"],
    [{ origin: "http://[::1]:3000/x" }, "where this proxy would listen itself"],
    [{ origin: "http://127.0.0.1", port: "80" }, "where this proxy would listen itself"],
    [{ ttl: "1.5h" }, '--ttl "1.5h" is not a duration'],
    [{ timeout: "0" }, '--timeout "0" must be from 1ms to 24d'],
    [{ timeout: "30d" }, '--timeout "30d" must be from 1ms to 24d'],
    [{ "max-size": "lots" }, '--max-size "lots" is not a size'],
    [{ workers: "0" }, '--workers "0" is no number of workers: write a whole number from 1 to 256, or auto'],
    [{ workers: "1000" }, '--workers "1000" is no number of workers'],
    [{ workers: "8", "max-entry-size": "33mb" }, '--max-entry-size "33mb" is more than each of 8 workers has of'],
    [{ "max-entry-size": "257mb" }, '--max-entry-size "257mb" is more than'],
    [{ eviction: "fifo" }, '--eviction "fifo" is not an order of eviction: write lru or s3-fifo'],
    [{ "admin-prefix": "x" }, '--admin-prefix "x" must begin with /'],
    [{ "admin-prefix": "/" }, '--admin-prefix "/" would take every path'],
    [{ "admin-prefix": "/a?b" }, "without a query"],
    [{ "admin-prefix": "/a/../b" }, "is not a plain path"],
    [{ "admin-prefix": "//a" }, "is not a plain path"],
    [{ "health-path": "/a b" }, "is not a plain path"],
    [{ "health-path": "/__admin/" }, "are both /__admin"],
    [{ log: "loud" }, '--log "loud" is not a log format'],
  ])("%j", (args, message) => {
    expect(refusal(args)).toContain(message);
  });

  test("an origin that is missing", () => {
    const resolved = resolveSettings(gather(serveFlags, {}, {}), false);
    expect(resolved.ok ? "accepted" : resolved.message).toContain("--origin http://dummyjson.com");
  });

  test("without a secret in the sentence", () => {
    expect(refusal({ "admin-token": "se cret" })).toStartWith("--admin-token may hold only");
    expect(refusal({ origin: "http://me:secret@h" })).toStartWith('--origin "http://***@h" holds credentials');
  });
});

test("with a token it may listen anywhere", () => {
  expect(settings({ host: "0.0.0.0", "admin-token": "t" })).toMatchObject({ hosts: ["0.0.0.0"], adminToken: "t" });
});

test("a small cache bounds the entries it takes by default", () => {
  expect(settings({ "max-size": "1mb" })).toMatchObject({ maxSize: 1024 * 1024, maxEntrySize: 1024 * 1024 });
});

test("an origin on the same port of another machine is fine, and so is any with a free port", () => {
  expect(settings({ origin: "http://10.1.2.3:3000" }).port).toBe(3000);
  expect(settings({ origin: "http://localhost:3000", port: "0" }).port).toBe(0);
});

describe("resolveTarget", () => {
  const target = (args: Args, env: Environment = {}) => resolveTarget(gather(clearFlags, args, env));

  test.each<[Args, string]>([
    [{}, "127.0.0.1"],
    [{ host: "0.0.0.0" }, "127.0.0.1"],
    [{ host: "::" }, "::1"],
    [{ host: "[::1]" }, "::1"],
    [{ host: "10.0.0.1" }, "10.0.0.1"],
  ])("%j is reached at %s", (args, host) => {
    expect(target(args)).toEqual({
      ok: true,
      value: { host, port: 3000, adminPrefix: "/__admin", adminToken: undefined, pinned: undefined },
    });
  });

  test("shares the server's environment", () => {
    const env = { CACHING_PROXY_PORT: "4000", CACHING_PROXY_ADMIN_TOKEN: "t", CACHING_PROXY_ADMIN_PREFIX: "/a" };
    expect(target({}, env)).toMatchObject({ value: { port: 4000, adminToken: "t", adminPrefix: "/a" } });
  });

  test("port 0 is no running proxy", () => {
    expect(target({ port: "0" }).ok).toBe(false);
  });
});

test("fixtures are a folder, and a frozen run needs one", () => {
  expect(settings({ fixtures: "./fixtures", frozen: true })).toMatchObject({ fixtures: "./fixtures", frozen: true });
  expect(settings({ offline: true })).toMatchObject({ fixtures: undefined, offline: true, frozen: false });
  expect(settings({}, { CACHING_PROXY_FIXTURES: "f", CACHING_PROXY_OFFLINE: "1" })).toMatchObject({
    ...{ fixtures: "f", offline: true },
  });
  expect(refusal({ frozen: true })).toBe(
    "--frozen answers from fixtures alone, so it needs to know where they are: pass --fixtures DIR with it",
  );
  expect(refusal({ fixtures: " " })).toBe('--fixtures " " names no folder: write --fixtures DIR');
});

test("a certificate needs its key, and a key its certificate", () => {
  const tls = { cert: "a", key: "b", versions: "http1-and-http2", local: undefined };
  expect(settings({ "tls-cert": "a", "tls-key": "b" })).toMatchObject({ tls });
  expect(settings({ "tls-cert": "a", "tls-key": "b", http2: "off" })).toMatchObject({ tls: { versions: "http1" } });
  expect(
    settings({ tls: "auto", "tls-names": "a.localhost, B.test", host: "0.0.0.0", "admin-token": "t" }),
  ).toMatchObject({
    tls: { local: { names: ["localhost", "*.localhost", "127.0.0.1", "::1", "a.localhost", "b.test"] } },
  });
  expect(settings({ tls: "off", "tls-cert": "a", "tls-key": "b" }).tls).toBeUndefined();
  expect(settings({}).tls).toBeUndefined();
  expect(refusal({ tls: "auto", "tls-cert": "a" })).toStartWith('--tls-cert "a" is a certificate of yours, and --tls');
  expect(refusal({ tls: "yes" })).toStartWith('--tls "yes" is no way to listen: write auto');
  expect(refusal({ tls: "auto", "tls-names": "a,b c" })).toStartWith(
    '--tls-names "a,b c" holds "b c", which is no host',
  );
  expect(refusal({ "tls-cert": "a" })).toBe('--tls-cert "a" needs its key: pass --tls-key FILE');
  expect(refusal({ "tls-key": "b" })).toBe('--tls-key "b" needs its certificate: pass --tls-cert FILE');
  expect(refusal({ "tls-cert": "a", "tls-key": "b", http2: "x" })).toBe(
    '--http2 "x" is not a switch: write true or false',
  );
});

test("what TLS to the origin needs", () => {
  const https = { origin: "https://h" };
  const originTls = { client: { cert: "a", key: "b" }, ca: "c" };
  expect(settings({ ...https, "origin-cert": "a", "origin-key": "b", "origin-ca": "c" })).toMatchObject({ originTls });
  expect(settings({ ...https, "origin-ca": "c" })).toMatchObject({ originTls: { client: undefined, ca: "c" } });
  expect(refusal({ ...https, "origin-cert": "a" })).toBe('--origin-cert "a" needs its key: pass --origin-key FILE');
  expect(refusal({ ...https, "origin-key": "b" })).toBe(
    '--origin-key "b" needs its certificate: pass --origin-cert FILE',
  );
  expect(refusal({ "origin-ca": "c" })).toBe('--origin-ca "c" is for an origin with https, which http://h is not');
});

test("a unix socket is an address of this machine, without workers and TLS", () => {
  const host = "unix:/run/a.sock";
  expect(settings({ host, origin: "http://localhost:3000" })).toMatchObject({ hosts: [host] });
  expect(refusal({ host: "unix:a.sock" })).toBe('--host "unix:a.sock" is no socket: write unix:/run/proxy.sock');
  expect(refusal({ host, workers: "2" })).toStartWith('--host "unix:/run/a.sock" is one socket, which --workers');
  expect(refusal({ host, tls: "auto" })).toStartWith('--host "unix:/run/a.sock" never leaves this machine');
});
