import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { origin } from "../e2e/origin.ts";
import { outcome, runCommand, startProxy } from "../e2e/proxy.ts";
import { launch } from "../page/chromium.ts";

const shared = cleanup();
const JSON_TEXT = '{"name":"Käse","price":"3,20 €"}';
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("what a real Chromium records is stored, and an archive of ours answers it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "har-"));
  shared.defer(() => rm(folder, { recursive: true }));
  const stub = origin(shared, (request) => {
    const { pathname } = new URL(request.url);
    const headers = new Headers({ "cache-control": "public, max-age=600", etag: '"v1"' });
    const type = (value: string) => headers.set("content-type", value);
    switch (pathname) {
      case "/":
        type("text/html; charset=utf-8");
        return new Response('<link rel="icon" href="data:,"><img src="/dot.png"><p>', { headers });
      case "/dot.png":
        type("image/png");
        return new Response(PNG, { headers });
      case "/api":
        type("application/json");
        headers.set("content-encoding", "gzip");
        return new Response(Bun.gzipSync(JSON_TEXT), { headers });
      case "/private":
        return new Response("mine", { headers: { "cache-control": "private" } });
      default:
        return Response.redirect("/api", 301);
    }
  });

  const recorded = join(folder, "chromium.har");
  const browser = await launch();
  shared.defer(() => browser.close());
  const recording = await browser.newContext({ recordHar: { path: recorded, content: "embed" } });
  const page = await recording.newPage();
  await page.goto(stub.url);
  await page.evaluate(async () => {
    for (const path of ["/api", "/old", "/private"]) await (await fetch(path)).text();
    await (await fetch("/api", { method: "POST", body: "x" })).text();
  });
  await recording.close();

  const proxy = await startProxy(shared, stub.url, "--log off");
  const run = async (...args: string[]) => {
    const command = runCommand(shared, [...args, "--port", String(proxy.port)]);
    expect(await command.exited).toBe(0);
    await command.stdout.ended;
    return command.stdout.all;
  };
  const [taken] = await run("import", recorded, "--json", "--for", proxy.url);
  const { left, ...counts } = JSON.parse(taken ?? "");
  // What /old leads to is a second entry of /api.
  expect(counts).toMatchObject({ entries: 7, stored: 5, faults: [] });
  expect(left).toEqual({ private: 1, method: 1 });
  const before = stub.seen.length;
  expect(await outcome(proxy, "/api")).toEqual(["HIT", JSON_TEXT]);
  expect(await outcome(proxy, "/dot.png")).toEqual(["HIT", PNG.toString("utf8")]);
  expect(await outcome(proxy, "/")).toEqual(["HIT", expect.stringContaining("<img")]);
  expect((await outcome(proxy, "/old"))[0]).toBe("HIT");
  expect(stub.seen).toHaveLength(before);

  const exported = join(folder, "ours.har");
  await run("export", exported);
  const replaying = await browser.newContext();
  await replaying.routeFromHAR(exported, { notFound: "abort" });
  const other = await replaying.newPage();
  await other.goto(stub.url);
  expect(await other.evaluate(async () => (await fetch("/api")).text())).toBe(JSON_TEXT);
  expect(await other.evaluate("document.querySelector('img').naturalWidth")).toBe(1);
  expect(stub.seen).toHaveLength(before);
});
