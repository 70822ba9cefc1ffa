import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
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
  const command = runCommand(shared, ["doctor", "--json", ...flags], { cwd });
  const code = await command.exited;
  await Promise.all([command.stdout.ended, command.stderr.ended]);
  const findings: readonly { about: string; verdict: string; what: string }[] = JSON.parse(
    command.stdout.all.join("\n") || "[]",
  );
  const verdicts = Object.fromEntries(findings.map(({ about, verdict }) => [about, verdict]));
  return { code, verdicts, said: findings.map(({ what }) => what).join("\n"), stderr: command.stderr.all.join("\n") };
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
  expect(said).toContain(`port ${taken.port} is in use already; try --port`);
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
