import { describe, expect, test } from "bun:test";
import type { Turn, TurnOutcome, Turns } from "../../src/store/turns.ts";
import { made } from "../http/made.ts";
import { type Pending, Site, settled } from "./site.ts";

type Awaited = Exclude<Turn, { readonly type: "taken" }>;

const FRESH = { "cache-control": "max-age=60" };
const SHORT = { "cache-control": "max-age=1, stale-while-revalidate=60", etag: '"v"' };

/** Turns that come as the test says, and what was said of them. */
class Scripted implements Turns {
  readonly names: string[] = [];
  readonly outcomes: TurnOutcome[] = [];
  /** What comes next, while that is not known yet. */
  readonly #waiting: ((turn: Awaited) => void)[] = [];

  /** This one's turn. */
  mine(lookFirst = false): Awaited {
    let hasEnded = false;
    const end = async (outcome: TurnOutcome): Promise<void> => {
      if (!hasEnded) this.outcomes.push(outcome);
      hasEnded = true;
    };
    return { type: "mine", lookFirst, end };
  }

  tryTake(name: string): Promise<Turn> {
    return this.take(name);
  }

  take(name: string): Promise<Awaited> {
    this.names.push(name);
    const { promise, resolve } = Promise.withResolvers<Awaited>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** Gives the one who has waited longest his turn. */
  async give(turn: Awaited): Promise<void> {
    this.#waiting.shift()?.(turn);
    await settled();
  }
}

function proxy() {
  const turns = new Scripted();
  const site = new Site({ turns });
  const last = (): Pending => {
    const pending = site.pending.at(-1);
    if (pending === undefined) throw new Error("the origin was not asked");
    return pending;
  };
  return { site, turns, last };
}

const NOT_DONE: Awaited = { type: "passed", done: false };
const DONE: Awaited = { type: "passed", done: true };

/** What another proxy would have brought, had these two one store. */
async function bringElsewhere(site: Site, fields: Record<string, string> = FRESH): Promise<void> {
  // No-cache is for nobody else: it goes to the origin without a turn.
  const before = site.pending.length;
  const { reply } = await site.ask({ "cache-control": "no-cache" });
  site.pending[before]?.answer(200, fields, "another's");
  await made((await reply).response).text();
  site.pending.splice(before, 1);
}

describe("the origin is asked", () => {
  test("when it is one's turn, and not before", async () => {
    const { site, turns, last } = proxy();
    const { reply } = await site.ask();
    expect(site.pending).toHaveLength(0);
    await turns.give(turns.mine());
    last().answer(200, FRESH, "page");
    expect(await made((await reply).response).text()).toBe("page");
    expect(turns.outcomes).toEqual(["done"]);
  });

  test("once for all who ask here meanwhile", async () => {
    const { site, turns, last } = proxy();
    const replies = [await site.ask(), await site.ask(), await site.ask()].map(({ reply }) => reply);
    expect(turns.names).toHaveLength(1);
    await turns.give(turns.mine());
    last().answer(200, FRESH, "page");
    const texts = (await Promise.all(replies)).map(({ response }) => made(response).text());
    expect(await Promise.all(texts)).toEqual(["page", "page", "page"]);
    expect(site.pending).toHaveLength(1);
  });

  test("by each for himself where answers are for who asks alone, here too", async () => {
    const { site, turns } = proxy();
    for (let i = 0; i < 3; i++) await site.ask();
    await turns.give({ type: "nobodys", own: true });
    expect(site.pending).toHaveLength(3);
  });

  test("once in this proxy where there are no turns", async () => {
    const { site, turns } = proxy();
    for (let i = 0; i < 3; i++) await site.ask();
    await turns.give({ type: "nobodys", own: false });
    expect(site.pending).toHaveLength(1);
  });

  test.each([
    ["whose turn has ended with nothing for others to find, in the next turn", NOT_DONE, 2],
    ["who says that others find it and where they do not, by all at once", DONE, 1],
  ])("after another one %s", async (_, passed, taken) => {
    const { site, turns } = proxy();
    await site.ask();
    await turns.give(passed);
    if (taken === 2) await turns.give(turns.mine());
    expect([turns.names.length, site.pending.length]).toEqual([taken, 1]);
  });

  test("in the end, whoever else keeps taking the turn", async () => {
    const { site, turns } = proxy();
    await site.ask();
    for (let i = 0; i < 3; i++) await turns.give(NOT_DONE);
    expect([turns.names.length, site.pending.length]).toEqual([3, 1]);
  });
});

describe("the origin is not asked", () => {
  test.each([
    ["another one has brought it", (_: Scripted) => DONE],
    ["another one has had the turn", (_: Scripted) => NOT_DONE],
    ["another one has brought it a moment ago", (turns: Scripted) => turns.mine(true)],
  ])("where %s", async (_, turn) => {
    const { site, turns } = proxy();
    const replies = [await site.ask(), await site.ask()].map(({ reply }) => reply);
    await bringElsewhere(site);
    await turns.give(turn(turns));
    for (const { response, cacheStatus } of await Promise.all(replies)) {
      expect(await made(response).text()).toBe("another's");
      expect(cacheStatus?.type).toBe("collapsed");
    }
    expect(site.pending).toHaveLength(0);
    expect(turns.outcomes).toEqual(turn(turns).type === "mine" ? ["done"] : []);
  });

  test("RFC 9111 §4.1: unless that is for others: who asks for the same as this one has a turn of their own", async () => {
    const { site, turns } = proxy();
    await site.ask({ "x-a": "1" });
    await bringElsewhere(site, { ...FRESH, vary: "X-A" });
    await turns.give(DONE);
    expect(turns.names[0]).not.toBe(turns.names[1] ?? "none");
    await turns.give(turns.mine());
    expect(site.pending).toHaveLength(1);
  });
});

describe("others learn what came", () => {
  const large = "x".repeat(2 ** 20 + 1);
  test.each<[string, TurnOutcome, (last: Pending, site: Site) => unknown]>([
    ["done: it is stored", "done", (last) => last.answer(200, FRESH, "page")],
    ["done: it was stored as it passed", "done", (last) => last.answer(200, FRESH, "x".repeat(100_000))],
    ["own: it may not be stored", "own", (last) => last.answer(200, { "cache-control": "no-store" }, "page")],
    ["own: it is never fresh", "own", (last) => last.answer(200, { "cache-control": "no-cache", etag: '"v"' }, "page")],
    ["own: it turns out to be too large", "own", (last) => last.answer(200, FRESH, large)],
    ["failed: an error of the moment", "failed", (last) => last.answer(503)],
    ["failed: no answer", "failed", (last) => last.fail({ type: "timeout", after: 1 })],
    [
      "again: it was outdated when it came",
      "again",
      async (last, site) => {
        await site.cache.store.clear();
        last.answer(200, FRESH, "page");
      },
    ],
  ])("%s", async (_, outcome, answer) => {
    const { site, turns, last } = proxy();
    const { reply } = await site.ask();
    await turns.give(turns.mine());
    await answer(last(), site);
    await made((await reply).response).text();
    await settled();
    expect(turns.outcomes).toEqual([outcome]);
  });

  test("again: everybody has left who waited for it", async () => {
    const { site, turns } = proxy();
    const leaving = new AbortController();
    await site.ask({}, { signal: leaving.signal });
    await turns.give(turns.mine());
    leaving.abort();
    await settled();
    expect(turns.outcomes).toEqual(["again"]);
  });
});

describe("a validation behind an answer", () => {
  async function stale() {
    const { site, turns, last } = proxy();
    const first = await site.ask();
    await turns.give(turns.mine());
    last().answer(200, SHORT, "page");
    await made((await first.reply).response).text();
    site.now += 5000;
    const { reply } = await site.ask();
    expect(await made((await reply).response).text()).toBe("page");
    return { site, turns, last };
  }

  test("is left to who does it already", async () => {
    const { site, turns } = await stale();
    await turns.give(NOT_DONE);
    expect(site.pending).toHaveLength(1);
  });

  test.each<[string, (turns: Scripted) => Awaited, readonly TurnOutcome[]]>([
    ["is this proxy's where it has the turn", (turns) => turns.mine(), ["done", "done"]],
    ["is each one's where there are no turns", () => ({ type: "nobodys", own: false }), ["done"]],
  ])("%s", async (_, turn, outcomes) => {
    const { site, turns, last } = await stale();
    await turns.give(turn(turns));
    expect(site.pending).toHaveLength(2);
    last().answer(304, SHORT);
    await settled();
    expect(turns.outcomes).toEqual([...outcomes]);
  });
});
