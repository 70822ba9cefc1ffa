/**
 * Kills the real command under load again and again, at random points, and says what was seen: `bun run crash`, with KILLS=200 for
 * more than the 100 of its own. Ends with 1 where anything was wrong.
 */

import { join } from "node:path";
import { scratch } from "../store/scratch.ts";
import { type Lane, run } from "./crash.ts";

const KILLS = Number(process.env.KILLS ?? 100);

await using stack = new AsyncDisposableStack();
const folder = scratch(stack);

/** Every other one lives so long that what it stored first is promised. */
const lives = Array.from({ length: Math.ceil(KILLS / 2) }, (_, i) => (i % 2 === 0 ? 1100 : 10) + Math.random() * 800);
const lanes: readonly Lane[] = [
  { file: join(folder, "all.db"), lives, keeps: "a second old" },
  { file: join(folder, "some.db"), lives, keeps: "nothing for sure", flags: "--store-size 4mb" },
];
let isWrong = false;
for (const [i, { kills, answers, warm, wrong }] of (await Promise.all(lanes.map(run))).entries()) {
  const seen = `${kills} kills, ${answers} answers, ${warm} of them from what an earlier process had stored`;
  console.log(`to be there: ${lanes[i]?.keeps}: ${seen}, ${wrong.length} wrong`);
  for (const what of wrong.slice(0, 20)) console.log(`  ${what}`);
  isWrong ||= wrong.length > 0;
}
process.exitCode = isWrong ? 1 : 0;
