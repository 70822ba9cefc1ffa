import { describe, expect, test } from "bun:test";
import type { Answer, Outcome } from "../../src/commands/warm-answer.ts";
import { Gate } from "../../src/commands/warm-gate.ts";
import type { Ask, Visit } from "../../src/commands/warm-request.ts";
import { type Manners, persist, warmAll } from "../../src/commands/warming.ts";

/** A clock that goes on where all sleep: to when the next of them wakes. */
class Time {
  now = 0;
  readonly #sleepers: { until: number; wake: () => void }[] = [];

  sleep = (length: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ until: this.now + length, wake });
      // All that can be done before is done in a turn.
      setImmediate(() => this.#pass());
    });

  #pass(): void {
    const next = this.#sleepers.sort((a, b) => a.until - b.until).shift();
    if (next === undefined) return;
    this.now = Math.max(this.now, next.until);
    next.wake();
  }
}

const ok: Answer = {
  type: "answered",
  status: 200,
  cacheStatus: "caching-proxy; fwd=miss; stored",
  retryAfter: null,
  bytes: 3,
};
const busy = (seconds: number): Answer => ({ ...ok, status: 429, retryAfter: String(seconds) });
const visits = (count: number): Visit[] =>
  Array.from({ length: count }, (_, i) => ({ address: { path: `/${i}`, authority: "h" }, fields: {} }));

/** Warms, and says what was asked for at what time, and what came of it. */
async function run(
  count: number,
  concurrency: number,
  answer: (path: string, time: Time) => Answer | Promise<Answer>,
  mostWait = 60_000,
) {
  const time = new Time();
  const stop = new AbortController();
  const asked: { path: string; at: number }[] = [];
  const told: [string, Outcome, number][] = [];
  let inside = 0;
  let most = 0;
  const ask: Ask = async ({ address }) => {
    asked.push({ path: address.path, at: time.now });
    most = Math.max(most, ++inside);
    await new Promise(setImmediate);
    inside--;
    return stop.signal.aborted ? { type: "stopped" } : answer(address.path, time);
  };
  const gate = new Gate(concurrency, () => time.now, time.sleep, stop.signal);
  const manners: Manners = { ask, gate, pause: time.sleep, stop, mostWait, clock: () => time.now };
  const halt = await warmAll(manners, visits(count), concurrency, ({ address }, outcome, bytes) =>
    told.push([address.path, outcome, bytes]),
  );
  return { asked, told, most, halt };
}

describe("warming", () => {
  test("asks for each once, so many at a time", async () => {
    const { asked, told, most, halt } = await run(50, 7, () => ok);
    expect(new Set(asked.map(({ path }) => path)).size).toBe(50);
    expect(asked).toHaveLength(50);
    expect(told).toHaveLength(50);
    expect(told[0]).toEqual(["/0", { type: "stored" }, 3]);
    expect(most).toBe(7);
    expect(halt).toBeUndefined();
  });

  test("nobody asks during a pause, and one by one after it", async () => {
    let wishes = 1;
    const { asked, told } = await run(60, 8, (path) => (path === "/3" && wishes-- > 0 ? busy(5) : ok));
    const times = [...new Set(asked.map(({ at }) => at))];
    expect(times).toEqual([0, 5000]);
    expect(asked.filter(({ path }) => path === "/3").map(({ at }) => at)).toEqual([0, 5000]);
    // Those that were under way when the wish came, and nobody after them.
    expect(asked.filter(({ at }) => at === 0).length).toBeLessThanOrEqual(8 + 4);
    expect(told).toHaveLength(60);
    expect(told.every(([, outcome]) => outcome.type === "stored")).toBe(true);
  });

  test("an origin that takes one a second is asked for all in the end", async () => {
    let last = Number.NEGATIVE_INFINITY;
    const { told } = await run(30, 8, (_, time) => {
      if (time.now - last < 1000) return busy(1);
      last = time.now;
      return ok;
    });
    expect(told.map(([, outcome]) => outcome.type)).toEqual(Array(30).fill("stored"));
  });

  test("what broke is asked for once more", async () => {
    const failures = new Map([
      ["/1", 1],
      ["/2", 2],
    ]);
    const { asked, told } = await run(4, 2, (path) => {
      const left = failures.get(path) ?? 0;
      failures.set(path, left - 1);
      return left > 0 ? { type: "broken", reason: "reset" } : ok;
    });
    expect(asked).toHaveLength(6);
    expect(told.find(([path]) => path === "/1")?.[1]).toEqual({ type: "stored" });
    expect(told.find(([path]) => path === "/2")?.[1]).toEqual({ type: "failed", reason: "reset" });
  });

  test("a pause that is too long ends it, for those too who wait out another", async () => {
    const { asked, told, halt } = await run(100, 4, (path) =>
      path === "/0" ? busy(30) : path === "/2" ? busy(90) : ok,
    );
    expect(halt).toEqual({ type: "too-long", length: 90_000 });
    expect(asked.length).toBeLessThan(12);
    expect(told.length).toBeLessThan(8);
  });

  test("so does an origin that asks for nothing but pauses, and not one that asks for them now and then", async () => {
    const { asked, told, halt } = await run(100, 4, () => busy(1));
    expect([halt, told]).toEqual([{ type: "refusing" }, []]);
    expect(asked.length).toBeLessThan(20);
    let count = 0;
    expect((await run(100, 1, () => (count++ % 3 === 0 ? busy(1) : ok))).halt).toBeUndefined();
  });

  test("so does a proxy that is gone", async () => {
    const { told, halt } = await run(100, 4, (path) => (path === "/9" ? { type: "gone" } : ok));
    expect(halt).toEqual({ type: "gone" });
    expect(told.length).toBeLessThan(16);
  });
});

test("content is collected anew where something is asked for again", async () => {
  const sinks: number[] = [];
  const time = new Time();
  const stop = new AbortController();
  const gate = new Gate(1, () => time.now, time.sleep, stop.signal);
  const answers = [busy(1), ok];
  const ask: Ask = async (_, open) => {
    open();
    return answers.shift() ?? ok;
  };
  const [visit] = visits(1);
  if (visit === undefined) throw new Error("no visit");
  const manners = { ask, gate, pause: time.sleep, stop, mostWait: 60_000, clock: () => 0 };
  const settled = await persist(manners, visit, () => {
    sinks.push(time.now);
    return () => true;
  });
  expect(settled).toMatchObject({ type: "settled" });
  expect(sinks).toEqual([0, 1000]);
});
