import { expect, test } from "bun:test";
import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { run } from "./crash.ts";

test("whenever it is killed, nothing torn is served, and what is a second old is there again (bun run crash does it 100 times)", async () => {
  await using stack = new AsyncDisposableStack();
  const folder = scratch(stack);
  const life = (least: number, most: number): number => least + Math.random() * (most - least);
  const lanes = await Promise.all([
    run({ file: join(folder, "all.db"), lives: [life(1200, 1600), life(20, 200)], keeps: "all" }),
    run({
      file: join(folder, "some.db"),
      lives: [life(20, 300), life(300, 600)],
      keeps: "some",
      flags: "--store-size 2mb",
    }),
  ]);
  expect(lanes.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(lanes[0]?.warm).toBeGreaterThan(0);
}, 20_000);
