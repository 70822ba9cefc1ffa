import { expect, test } from "bun:test";
import { join } from "node:path";

const root = join(import.meta.dir, "..");

/** What stands before a message for a person at the terminal. */
const TOLD =
  /(?:new (?:Failure\(\d, |TierUnusable\(|CertificateUnusable\(|FixturesUnusable\(|LogFileUnusable\(|UnknownScenario\()|stderr\.(?:warn|error|info)\(|(?:report|onError|trip)\(\s*new Error\(|refuse\(|tell\()\s*(["'`])((?:(?!\1).)*)\1/gs;
/** A name keeps its capital letter. */
const BEGINS_AS_A_SENTENCE = /^(?!Redis|SIG|[A-Z]{2})[A-Z]/;

test("what is said at the terminal is in one voice: no capital at the beginning, no full stop at the end", async () => {
  const folders = "{commands,config,store,tls,wiring,workers,observe,sharing,lanes}";
  const off: string[] = [];
  let messages = 0;
  for (const file of new Bun.Glob(`src/${folders}/**/*.ts`).scanSync(root)) {
    const text = await Bun.file(join(root, file)).text();
    for (const [, , message = ""] of text.matchAll(TOLD)) {
      messages++;
      if (BEGINS_AS_A_SENTENCE.test(message) || /[^.]\.$/.test(message)) off.push(`${file}: ${message}`);
    }
  }
  expect(off).toEqual([]);
  // Those that are found by their looks; most of what there is.
  expect(messages).toBeGreaterThan(150);
});
