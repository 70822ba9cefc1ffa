import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { run } from "./crash.ts";

test("whenever it is killed, nothing torn is served, and what was written is there again (bun run crash does it 100 times)", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = scratch(stack);
  const lives = [200, 100, 300].map((most) => Math.random() * most);
  const lanes = await Promise.all([
    run({ file: join(folder, "all.db"), lives, keeps: "written" }),
    run({ file: join(folder, "some.db"), lives, keeps: "nothing for sure", flags: "--store-size 2mb" }),
  ]);
  expect(lanes.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(lanes[0]?.warm).toBeGreaterThan(0);
}, 60_000);
