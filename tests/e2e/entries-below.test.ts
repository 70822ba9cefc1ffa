import { beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { cleanup } from "./cleanup.ts";
import { counted, origin, type StubOrigin } from "./origin.ts";
import { ask, outcome, type RunningProxy, startProxy } from "./proxy.ts";

const shared = cleanup();
let stub: StubOrigin;
let store: string;

beforeAll(async () => {
  const folder = scratch(shared);
  store = `sqlite:${join(folder, "cache.db")}`;
  stub = origin(shared, counted({ "cache-control": "max-age=600" }));
});

async function paths(proxy: RunningProxy, query: string): Promise<readonly string[]> {
  const text = await (await ask(proxy, `/__admin/entries${query}`)).text();
  const { entries }: { entries: { url: string; hits?: number }[] } = JSON.parse(text);
  return entries.map(({ url, hits }) => `${url.slice(stub.url.length)} ${hits ?? "-"}`);
}

/** One name, whichever port the proxy has. */
const SHOP = { headers: { host: "shop.example" } };

test("what lies on disk is listed after a restart, together with what is in memory again", async () => {
  const before = await startProxy(shared, stub.url, `--store ${store} --log off`);
  for (const path of ["/a", "/b", "/c"]) await outcome(before, path, SHOP);
  before.signal("SIGTERM");
  await before.exited;

  const after = await startProxy(shared, stub.url, `--store ${store} --log off`);
  // Nobody counts the hits of what lies below.
  expect(await paths(after, "")).toEqual(["/a -", "/b -", "/c -"]);
  expect(await paths(after, "?url=/b")).toEqual(["/b -"]);
  for (let i = 0; i < 3; i++) expect((await outcome(after, "/b", SHOP))[0]).toBe("HIT");
  expect(await paths(after, "?sort=hits&limit=2")).toEqual(["/b 2", "/a -"]);
  await outcome(after, "/d", SHOP);
  expect(await paths(after, "?prefix=/")).toEqual(["/a -", "/b 2", "/c -", "/d 0"]);
});
