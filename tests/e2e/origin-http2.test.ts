import { expect, test } from "bun:test";
import { join } from "node:path";
import { authority, certificateFor, folderWith } from "../tls/files.ts";
import { cleanup } from "./cleanup.ts";
import { Lines } from "./lines.ts";
import { ask, outcome, runCommand, startProxy } from "./proxy.ts";

const shared = cleanup();
const folder = folderWith(shared, { ca: authority.cert, ...(await certificateFor("localhost")) });
const flags = `--origin-http2 on --origin-ca ${join(folder, "ca")}`;
const node = Bun.spawn(["node", join(import.meta.dir, "http2-origin.mjs"), folder], { stdout: "pipe" });
shared.defer(async () => {
  node.kill();
  await node.exited;
});
const base = `https://localhost:${await new Lines(node.stdout).find(() => true)}`;

test("an origin that speaks HTTP/2 alone is asked by it, and the end of a stream proves a body complete", async () => {
  const proxy = await startProxy(shared, base, flags);
  const first = await ask(proxy, "/a");
  expect([await first.text(), first.headers.getSetCookie()]).toEqual(["whole", ["a=1", "b=2"]]);
  expect(first.headers.get("x-authority")).toBe(new URL(base).host);
  expect(await outcome(proxy, "/b")).toEqual(["MISS", "whole"]);
  expect(await outcome(proxy, "/b")).toEqual(["HIT", "whole"]);
  const sent = "x".repeat(300_000);
  expect(await (await ask(proxy, "/echo", { method: "POST", body: sent })).text()).toBe(sent);
});

test.each(["/cut", "/short"])("%s: what is not whole is not stored", async (path) => {
  const proxy = await startProxy(shared, base, flags);
  // Twice: what was stored would answer the second.
  for (let i = 0; i < 2; i++) {
    const reading = ask(proxy, path).then(async (reply) => [reply.status, await reply.text()]);
    const [status] = await reading.catch(() => ["broken off"]);
    expect(status).not.toBe(200);
  }
});

test("what it refuses, and an origin that speaks no HTTP/2, are a 502 that says so", async () => {
  const proxy = await startProxy(shared, base, flags);
  expect(await (await ask(proxy, "/refused")).text()).toContain("HTTP/2 REFUSED_STREAM");
  const older = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    tls: await certificateFor("localhost"),
    fetch: () => new Response(""),
  });
  shared.defer(() => older.stop(true));
  const other = await startProxy(shared, `https://localhost:${older.port}`, flags);
  const refused = await ask(other, "/a");
  expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining("it speaks no HTTP/2")]);
});

test("it is for TLS alone", async () => {
  const command = runCommand(shared, ["--origin", "http://h", "--origin-http2", "on"]);
  expect(await command.exited).toBe(2);
  await command.stderr.ended;
  expect(command.stderr.all.join("\n")).toContain("--origin-http2 is for an origin with https, which http://h is not");
});
