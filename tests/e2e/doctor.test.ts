import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { issue, newAuthority } from "../../src/tls/issue.ts";
import { startRedis } from "../store/redis-server.ts";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin } from "./origin.ts";
import { runCommand, startProxy } from "./proxy.ts";

const shared = cleanup();
const cwd = scratch(shared);
const late = () => new Response("", { status: 503, headers: { date: "Mon, 01 Jan 2024 00:00:00 GMT" } });
const api = origin(shared, { "/": counted({}), "/late": late });
const taken = origin(shared, {});

/** What doctor finds, by what it is about, and its exit code. */
async function examined(...flags: readonly string[]) {
  return examinedWith({}, ...flags);
}

async function examinedWith(env: Readonly<Record<string, string>>, ...flags: readonly string[]) {
  const command = runCommand(shared, ["doctor", "--json", ...flags], { cwd, env });
  const code = await command.exited;
  await Promise.all([command.stdout.ended, command.stderr.ended]);
  const findings: readonly { about: string; verdict: string; what: string; todo?: string }[] = JSON.parse(
    command.stdout.all.join("\n") || "[]",
  );
  // How much room there is, and how many files may be open, is up to the machine.
  const ours = findings.filter(({ about }) => about !== "room" && about !== "system");
  const verdicts = Object.fromEntries(ours.map(({ about, verdict }) => [about, verdict]));
  const said = findings.map(({ what, todo = "" }) => `${what} → ${todo}`).join("\n");
  return { code, verdicts, said, findings, stderr: command.stderr.all.join("\n") };
}

test("where all is well it says so", async () => {
  const flags = ["--port", "0", "--origin", api.url, "--store", "sqlite:./c.db", "--fixtures", "f"];
  const { code, verdicts } = await examined(...flags);
  expect(verdicts).toEqual({
    config: "fine",
    port: "fine",
    origin: "fine",
    clock: "fine",
    store: "fine",
    fixtures: "warning",
  });
  expect(code).toBe(0);
  expect(existsSync(join(cwd, "f"))).toBe(false);
});

test("a port that is taken, an origin that is away and a store without a place are problems", async () => {
  const flags = ["--port", String(taken.port), "--origin", "http://127.0.0.1:1", "--store", "sqlite:./absent/c.db"];
  const { code, verdicts, said, stderr } = await examined(...flags);
  expect(verdicts).toEqual({ config: "fine", port: "problem", origin: "problem", store: "problem" });
  expect(said).toContain(`port ${taken.port} is in use already → try --port`);
  expect(said).toContain("→ start it, or name another one by --origin URL");
  expect([code, stderr]).toEqual([1, "error: 3 problems: it would not start, or be of no use"]);
});

test("another clock, a store that is away and a proxy that runs are warnings", async () => {
  const { port } = await startProxy(shared, api.url);
  const flags = ["--port", String(port), "--origin", `${api.url}/late`, "--store", "redis://127.0.0.1:1"];
  const { code, verdicts, said } = await examined(...flags);
  expect(verdicts).toEqual({ config: "fine", port: "warning", origin: "warning", clock: "warning", store: "warning" });
  expect(said).toContain("behind ours");
  expect(code).toBe(0);
});

test("what holds the store says its version, and is left as it was", async () => {
  const redis = await startRedis(shared, { flags: ["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"] });
  const flags = ["--port", "0", "--origin", api.url, "--store", redis.url];
  const { findings, said } = await examined(...flags);
  expect(findings.filter(({ about }) => about === "store")).toHaveLength(1);
  expect(said).toMatch(/redis \d+\.\d+\.\d+: written, read and dropped within \d+ ms; holds 0 responses/);
  const unbounded = await startRedis(shared);
  const doubted = await examined("--port", "0", "--origin", api.url, "--store", unbounded.url);
  expect(doubted.said).toContain("it has no maxmemory: it takes all there is → set maxmemory");
});

test("certificates: one that is good, one of another key, one that ends soon, and one that was not made yet", async () => {
  const day = 86_400_000;
  const write = async (name: string, until: number) => {
    const { cert, key } = await issue(
      await newAuthority("doctor", { from: 0, until: Date.now() + 99 * day }),
      ["localhost"],
      {
        from: 0,
        until,
      },
    );
    await Bun.write(join(cwd, `${name}.pem`), cert);
    await Bun.write(join(cwd, `${name}.key`), key);
    return ["--port", "0", "--origin", api.url, "--tls-cert", `${name}.pem`, "--tls-key", `${name}.key`];
  };
  expect((await examined(...(await write("good", Date.now() + 90 * day)))).verdicts.certificate).toBe("fine");
  const soon = await examined(...(await write("soon", Date.now() + 3 * day)));
  expect([soon.verdicts.certificate, soon.code]).toEqual(["warning", 0]);
  expect(soon.said).toContain("→ renew it");
  const expired = await examined(...(await write("expired", Date.now() - day)));
  expect(expired.said).toContain("has expired");
  const wrong = await examined("--port", "0", "--origin", api.url, "--tls-cert", "good.pem", "--tls-key", "soon.key");
  expect([wrong.verdicts.certificate, wrong.code]).toEqual(["problem", 1]);
  const auto = await examinedWith({ XDG_CONFIG_HOME: cwd }, "--port", "0", "--origin", api.url, "--tls", "auto");
  expect(auto.said).toContain("--tls auto makes one as the proxy starts");
  expect(existsSync(join(cwd, "caching-proxy"))).toBe(false);
});

test("a variable that is mistyped, and a log file that cannot be written", async () => {
  const flags = ["--port", "0", "--origin", api.url, "--log-file", "absent/access.log"];
  const env = { CACHING_PROXY_MAX_SISE: "1gb", CACHING_PROXY_SERVICE_HOST: "10.0.0.1" };
  const { code, verdicts, said } = await examinedWith(env, ...flags);
  expect(verdicts).toMatchObject({ variable: "warning", log: "problem" });
  expect(said).toContain(
    "CACHING_PROXY_MAX_SISE is no setting, and changes nothing → did you mean CACHING_PROXY_MAX_SIZE?",
  );
  expect(said).not.toContain("SERVICE_HOST");
  expect(code).toBe(1);
});

test("an origin behind a unix socket is asked there, and one with a certificate of its own by its authority", async () => {
  const unix = join(cwd, "app.sock");
  const server = Bun.serve({ unix, fetch: () => new Response("") });
  shared.defer(() => server.stop(true));
  const { verdicts, said } = await examined("--port", "0", "--origin", `unix:${unix}`);
  expect(verdicts.origin).toBe("fine");
  expect(said).toContain(`unix:${unix} answers with 200`);
  const authority = await newAuthority("doctor", { from: 0, until: Date.now() + 86_400_000 });
  const tls = await issue(authority, ["localhost"], { from: 0, until: Date.now() + 86_400_000 });
  const secure = Bun.serve({ hostname: "127.0.0.1", port: 0, tls, fetch: () => new Response("") });
  shared.defer(() => secure.stop(true));
  await Bun.write(join(cwd, "authority.pem"), authority.cert);
  const asked = ["--port", "0", "--origin", `https://localhost:${secure.port}`];
  expect((await examined(...asked)).said).toContain("→ name who vouches for its certificate by --origin-ca FILE");
  expect((await examined(...asked, "--origin-ca", "authority.pem")).verdicts.origin).toBe("fine");
  expect((await examined(...asked, "--insecure")).verdicts.origin).toBe("fine");
});

test("each address of the origin is asked, and a further one that is away is a warning", async () => {
  const flags = ["--port", "0", "--origin", api.url, "--failover", `${taken.url},http://127.0.0.1:1`];
  const { code, verdicts, said } = await examined(...flags);
  expect(verdicts.origin).toBe("warning");
  expect(said).toContain(`${taken.url}/ answers with 404`);
  expect(said).toContain("http://127.0.0.1:1/ cannot be reached");
  expect(code).toBe(0);
});

test("a config that is wrong is wrong usage", async () => {
  const { code, stderr } = await examined("--origin", api.url, "--ttl", "soon");
  expect(code).toBe(2);
  expect(stderr).toContain('--ttl "soon"');
});
