import type { CacheKey } from "../../caching/key.ts";
import { writtenKey } from "../../caching/key.ts";
import { covering, type Extent, type Purge, softened } from "../../caching/purge.ts";
import { hashOf } from "../namespace.ts";
import { writeHead } from "../portable.ts";
import { MARK, RANGE_FROM, REWRITE, SCAN_GROUP } from "./inventory-scripts.ts";
import type { Script } from "./script.ts";
import { CLEAR, DROP_GROUP, DROP_KEY, DROP_PREFIX, FORGET, READ, SWEEP } from "./scripts.ts";
import {
  headOf,
  numbersOf,
  parseVariant,
  type Reader,
  seen,
  textsOf,
  triples,
  type Variant,
  withHead,
} from "./variant.ts";

/** Runs a script and waits for as long as a purge may take for a step. */
export type Run = (script: Script, ...args: readonly string[]) => Promise<unknown>;

/** How many responses a step looks at, so that it holds up nobody else for long. */
const STEP = "200";

/**
 * Lets go of what a purge is about, in Redis, and keeps out what any proxy asked for before; how many responses that were.
 * @throws where a step fails; what went by then is gone
 */
export async function purgeFrom(run: Run, { what, how }: Purge, reader: Reader): Promise<number> {
  if (how === "soft") return soften(run, what, reader);
  switch (what.type) {
    case "key":
      return Number(await run(DROP_KEY, what.key));
    case "group":
      return stepwise(run, DROP_GROUP, hashOf(what.group), ([, left]) => left > 0);
    case "prefix":
      return stepwise(run, DROP_PREFIX, what.prefix, ([, seenOf]) => seenOf === Number(STEP));
    case "pattern":
      return dropMatching(run, what, what.prefix);
    case "everything": {
      const name = crypto.randomUUID();
      await run(CLEAR, name);
      return stepwise(run, SWEEP, name, ([, left]) => left > 0);
    }
  }
}

async function stepwise(
  run: Run,
  script: Script,
  what: string,
  goesOn: (counted: readonly [number, number]) => boolean,
): Promise<number> {
  let gone = 0;
  for (;;) {
    const counted = numbersOf(await run(script, what, STEP));
    gone += counted[0];
    if (!goesOn(counted)) return gone;
  }
}

async function dropMatching(run: Run, what: Extent, prefix: string): Promise<number> {
  await run(MARK);
  const matches = matcher(what);
  let gone = 0;
  for await (const page of ranging(run, prefix)) {
    const ids = page.filter(({ key }) => matches(key)).flatMap(({ key, id }) => [key, id]);
    if (ids.length > 0) gone += Number(await run(FORGET, ...ids));
  }
  return gone;
}

async function soften(run: Run, what: Extent, reader: Reader): Promise<number> {
  await (what.type === "key"
    ? run(MARK, `k${hashOf(what.key)}`)
    : what.type === "group"
      ? run(MARK, `g${hashOf(what.group)}`)
      : run(MARK));
  const matches = what.type === "pattern" ? matcher(what) : () => true;
  const done = new Set<string>();
  for await (const page of pagesOf(run, what)) {
    const fitting = page.filter(({ key, id }) => !done.has(id) && matches(key));
    await Promise.all(
      fitting.map(async (variant) => {
        if (await softenOne(run, variant, reader)) done.add(variant.id);
      }),
    );
  }
  return done.size;
}

/** Whether it was marked stale. Where another wrote it anew meanwhile it was asked for later, or marked by that one. */
async function softenOne(run: Run, variant: Variant, reader: Reader): Promise<boolean> {
  const key = writtenKey(variant.key);
  const head = headOf(variant, key, reader);
  if (head === undefined) return false;
  const text = writeHead(softened(head.stored, reader.clock()), head.body);
  return (await run(REWRITE, key, variant.id, variant.value, withHead(variant, text))) === 1;
}

function pagesOf(run: Run, what: Extent): AsyncIterable<readonly Variant[]> {
  switch (what.type) {
    case "key":
      return under(run, what.key);
    case "group":
      return paging((cursor) => run(SCAN_GROUP, hashOf(what.group), cursor), "0");
    case "prefix":
    case "pattern":
      return ranging(run, what.prefix);
    case "everything":
      return ranging(run, "");
  }
}

async function* under(run: Run, key: CacheKey): AsyncIterable<readonly Variant[]> {
  yield seen(await run(READ, key)).counting;
}

function ranging(run: Run, prefix: string): AsyncIterable<readonly Variant[]> {
  return paging((from) => run(RANGE_FROM, from, prefix, STEP), `[${prefix}`);
}

/** @param next gives where to go on, empty at the end, and key, id and value of each variant of a page */
async function* paging(next: (from: string) => Promise<unknown>, start: string): AsyncIterable<readonly Variant[]> {
  for (let from = start; from !== ""; ) {
    const [goOn = "", ...texts] = textsOf(await next(from));
    yield triples(texts).flatMap(([, id, value]) => parseVariant(id, value) ?? []);
    from = goOn;
  }
}

/** Whether a pattern means the URL in a key; it looks at no groups. */
function matcher(what: Extent): (key: string) => boolean {
  const covers = covering(what);
  return (key) => covers({ key: writtenKey(key), groups: [] });
}
