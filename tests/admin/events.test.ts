import { describe, expect, test } from "bun:test";
import { type EventsSource, eventsOperations } from "../../src/admin/events.ts";
import { pause } from "../../src/http/pause.ts";
import { asking } from "./asking.ts";

/** A source whose exchanges the test lays ready, and a rhythm in which only what is waited for takes time. */
function open() {
  let now = 0;
  let ready: string[] = [];
  let waits = 0;
  const source: EventsSource = {
    hello: () => ({ name: "x" }),
    stats: async () => ({ total: 1 }),
    watch: (filter) =>
      filter === "bad"
        ? { type: "refused", why: "the filter is bad" }
        : {
            exchanges: async (limit) => {
              const exchanges = ready.slice(-limit);
              const dropped = ready.length - exchanges.length;
              ready = [];
              return { exchanges, dropped };
            },
            gather: async () => undefined,
            paths: async () => ({ paths: [], seen: 0, dropped: 0 }),
          },
  };
  const operations = eventsOperations(source, {
    clock: () => now,
    steady: () => now,
    async pause(length, signal) {
      if (signal.aborted) return;
      waits++;
      now += length;
    },
  });
  async function events(query = "") {
    const outcome = await operations.events(asking(`http://localhost/__admin/events${query}`));
    if (outcome.type !== "response" || outcome.response.body === null) throw new Error("no stream");
    const { body } = outcome.response;
    if (body instanceof Blob) throw new Error("no stream");
    return body.getReader();
  }
  const lay = (...exchanges: string[]) => ready.push(...exchanges);
  return { ...operations, open: events, lay, waits: () => waits, now: () => now };
}

async function read(reader: Awaited<ReturnType<ReturnType<typeof open>["open"]>>): Promise<string> {
  return new TextDecoder().decode((await reader.read()).value);
}

describe("a stream of events", () => {
  test("begins with hello, goes on with what came, and with the stats of each second", async () => {
    const { open: events, lay, now } = open();
    const reader = await events();
    expect(await read(reader)).toBe('event: hello\ndata: {"name":"x","now":0}\n\n');
    lay("a", "b");
    expect(await read(reader)).toBe('event: exchanges\ndata: {"exchanges":["a","b"],"dropped":0}\n\n');
    expect(now()).toBe(200);
    expect(await read(reader)).toBe('event: stats\ndata: {"total":1}\n\n');
    expect(now()).toBe(1000);
  });

  test("asks for nothing while nobody reads, and for the newest then", async () => {
    const { open: events, lay, waits } = open();
    const reader = await events();
    await read(reader);
    lay("a");
    await read(reader);
    await read(reader);
    const before = waits();
    for (let i = 0; i < 600; i++) lay(String(i));
    await Bun.sleep(5);
    expect(waits()).toBe(before);
    expect(await read(reader)).toStartWith('event: exchanges\ndata: {"exchanges":["100",');
  });

  test("gives of what was before as much as is asked for, and counts none of the rest as dropped", async () => {
    const { open: events, lay } = open();
    lay("a", "b", "c");
    const reader = await events("?backlog=2");
    expect(await read(reader)).toEndWith('event: exchanges\ndata: {"exchanges":["b","c"],"dropped":0}\n\n');
  });

  test("by path tells each second", async () => {
    const { open: events, now } = open();
    const reader = await events("?view=paths");
    await read(reader);
    expect(await read(reader)).toBe('event: paths\ndata: {"paths":[],"seen":0,"dropped":0}\n\n');
    expect(now()).toBe(1000);
  });

  test("ends when all is over, also one that begins then", async () => {
    const { open: events, end } = open();
    const reader = await events();
    await read(reader);
    end();
    while (!(await reader.read()).done);
    const late = await events();
    expect(await read(late)).toStartWith("event: hello");
    expect((await late.read()).done).toBe(true);
  });

  test("waits no more once who watches has left", async () => {
    const { open: events, waits } = open();
    const reader = await events();
    await read(reader);
    await reader.cancel();
    await Bun.sleep(0);
    const before = waits();
    await Bun.sleep(5);
    expect(waits()).toBe(before);
  });

  test("refuses a filter that cannot be read", async () => {
    const { events, recent } = open();
    for (const operation of [events, recent]) {
      expect(await operation(asking("http://localhost/x?filter=bad"))).toMatchObject({
        problem: { status: 400, detail: "The filter is bad." },
      });
    }
  });
});

test("a pause ends at once where nobody waits for it any more, and leaves no timer", async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  const leaving = new AbortController();
  const over = pause(1_000_000, leaving.signal);
  leaving.abort();
  await over;
  await pause(1_000_000, leaving.signal);
  expect(timers()).toBe(before);
});
