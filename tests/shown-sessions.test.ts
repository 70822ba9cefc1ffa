import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { SessionRun } from "./session-run.ts";
import { isShown, sessionsOf } from "./shown-sessions.ts";

// On a busy machine a process takes seconds to start, and all of them start at once; who hangs is found out all the same.
setDefaultTimeout(240_000);
const root = join(import.meta.dir, "..");

/** These have tests of their own, which know what the examples rest on. */
const ELSEWHERE = ["docs/fixtures.md", "docs/lanes.md", "docs/rules.md"];
const pages = ["README.md", ...new Bun.Glob("docs/*.md").scanSync(root)]
  .filter((page) => !ELSEWHERE.includes(page))
  .sort();
const shown = await Promise.all(
  pages.map(async (page) => ({ page, sessions: sessionsOf(await Bun.file(join(root, page)).text()) })),
);

describe.each(shown.filter(({ sessions }) => sessions.length > 0))("$page", ({ sessions }) => {
  test.concurrent.each(sessions)("$title", async ({ steps }) => {
    await using stack = new AsyncDisposableStack();
    const run = await SessionRun.begin(stack, root);
    const begun = performance.now();
    for (const step of steps) {
      if (step.type === "file") await run.write(step.name, step.text);
      else {
        const printed = await run.command(step.line, step.printed);
        const slack = 2 + (performance.now() - begun) / 1000;
        // The comparison of texts is the one that shows what differs.
        if (!isShown(step.printed, printed, slack))
          expect(`$ ${step.line}\n${printed}`).toBe(`$ ${step.line}\n${step.printed}`);
      }
    }
  });
});

test.each([
  ["Age: 0\nX-Cache: HIT", "Age: 3\nX-Cache: HIT", true],
  ["Age: 0\nX-Cache: HIT", "Age: 3\nX-Cache: MISS", false],
  ["stored; ttl=60; key", "stored; ttl=57; key", true],
  ["stored; ttl=300; key", "stored; ttl=60; key", false],
  ["fresh for 1m0s, 12 ms", "fresh for 58s, 3.5ms", true],
  ["a\n…\nz", "a\nb\nc\nz", true],
  ["a\n…\nz", "a\nb\nc", false],
  ["status 200", "status 404", false],
])("%j shows %j: %p", (shown, printed, is) => {
  expect(isShown(shown, printed, 5)).toBe(is);
});
