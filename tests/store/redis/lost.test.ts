import { expect, test } from "bun:test";
import type { Purge } from "../../../src/caching/purge.ts";
import { LostPurges } from "../../../src/store/redis/lost.ts";
import { keyOf } from "../stored.ts";

const of = (path: string): Purge => ({ what: { type: "key", key: keyOf(path) }, how: "hard" });
const everything: Purge = { what: { type: "everything" }, how: "hard" };

async function made(lost: LostPurges): Promise<Purge[]> {
  const purges: Purge[] = [];
  await lost.replay(async (purge) => purges.push(purge));
  return purges;
}

test("what was lost is made up for in its order, each once", async () => {
  const lost = new LostPurges();
  for (const path of ["/a", "/b", "/a", "/c"]) lost.add(of(path));
  expect(lost.size).toBe(3);
  expect(await made(lost)).toEqual([of("/a"), of("/b"), of("/c")]);
  expect(lost.size).toBe(0);
});

test("what is lost meanwhile is made up for too, also the same once more", async () => {
  const lost = new LostPurges();
  lost.add(of("/a"));
  const purges: Purge[] = [];
  expect(
    await lost.replay(async (purge) => {
      purges.push(purge);
      if (purges.length === 1) for (const path of ["/a", "/b"]) lost.add(of(path));
    }),
  ).toBe(3);
  expect(purges).toEqual([of("/a"), of("/a"), of("/b")]);
});

test("what fails is not forgotten", async () => {
  const lost = new LostPurges();
  for (const path of ["/a", "/b"]) lost.add(of(path));
  const failing = lost.replay(async ({ what }) => {
    if (what.type === "key" && what.key === keyOf("/b")) throw new Error("gone again");
  });
  expect(failing).rejects.toThrow("gone again");
  await failing.catch(() => undefined);
  expect(await made(lost)).toEqual([of("/b")]);
});

test("more than are remembered, and everything, stand for all", async () => {
  const lost = new LostPurges(2);
  for (const path of ["/a", "/b", "/c", "/d"]) lost.add(of(path));
  expect(await made(lost)).toEqual([everything]);
  lost.add(of("/a"));
  lost.add(everything);
  lost.add(of("/b"));
  expect(await made(lost)).toEqual([everything]);
  lost.add({ what: { type: "everything" }, how: "soft" });
  lost.add(of("/b"));
  expect(lost.size).toBe(2);
});
