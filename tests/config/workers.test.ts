import { expect, test } from "bun:test";
import { availableParallelism } from "node:os";
import { serveFlags } from "../../src/config/flags.ts";
import { gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";
import { parseWorkers, shareOf } from "../../src/config/workers.ts";

test.each([
  ["1", 1],
  ["2", 2],
  ["256", 256],
  ["auto", 8],
  ["AUTO", 8],
])("%s is %d on a machine of 8 cores", (text, count) => {
  expect(parseWorkers(text, 8)).toEqual({ ok: true, value: count });
});

test.each(["", "0", "-1", "x", "1.5", "257", "1000", "1e2", " 2", "0x2", "automatic"])("%j is refused", (text) => {
  expect(parseWorkers(text, 8)).toMatchObject({
    ok: false,
    message: expect.stringContaining("from 1 to 256, or auto"),
  });
});

test("auto on a machine of more cores than there may be workers", () => {
  expect(parseWorkers("auto", 1000)).toEqual({ ok: true, value: 256 });
});

function resolved(args: Readonly<Record<string, string>>) {
  const settings = resolveSettings(gather(serveFlags, { origin: "http://h", ...args }, {}), false);
  if (!settings.ok) throw new Error(settings.message);
  return settings.value;
}

test("auto is as many as this machine has cores", () => {
  expect(resolved({ workers: "auto" }).workers).toBe(Math.min(availableParallelism(), 256));
});

test("the memory is shared out, and no entry is larger than a share", () => {
  const four = shareOf(resolved({ workers: "4", "max-size": "100mb" }), 1);
  expect([four.maxSize, four.maxEntrySize]).toEqual([25 * 1024 * 1024, 25 * 1024 * 1024]);
  const two = shareOf(resolved({ workers: "2", "max-size": "100mb", "max-entry-size": "1mb" }), 1);
  expect([two.maxSize, two.maxEntrySize]).toEqual([50 * 1024 * 1024, 1024 * 1024]);
});

test("requests to the origin are shared out to the last one", () => {
  const settings = resolved({ workers: "4", "max-origin-connections": "10" });
  expect([1, 2, 3, 4].map((number) => shareOf(settings, number).maxOriginConnections)).toEqual([3, 3, 2, 2]);
  expect(shareOf(resolved({ workers: "4" }), 1).maxOriginConnections).toBeUndefined();
});
