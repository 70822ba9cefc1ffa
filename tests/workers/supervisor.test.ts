import { describe, expect, test } from "bun:test";
import type { ToSupervisor, ToWorker } from "../../src/workers/message.ts";
import { CannotServe, type Child, Supervisor } from "../../src/workers/supervisor.ts";
import { share } from "./shares.ts";

const ORDERS = { port: 3000, log: "off", colour: "plain" } as const;

/** A worker's process that does what the test says. */
class FakeChild implements Child {
  readonly heard: ToWorker[] = [];
  readonly say: (message: ToSupervisor) => void;
  readonly #ended = Promise.withResolvers<string>();
  killed = false;
  readonly pid: number;

  constructor(pid: number, say: (message: ToSupervisor) => void) {
    this.pid = pid;
    this.say = say;
  }

  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  readonly send = (message: ToWorker): void => void this.heard.push(message);

  readonly kill = (): void => {
    this.killed = true;
    this.end("was ended by SIGKILL");
  };

  end(how = "ended with exit code 1"): void {
    this.#ended.resolve(how);
  }
}

/** A supervisor in a world without processes and without time. */
function supervised(count: number) {
  const children: FakeChild[] = [];
  const reports: string[] = [];
  const pauses: number[] = [];
  let changed = Promise.withResolvers<void>();
  const supervisor = new Supervisor(count, ORDERS, {
    launch(hear) {
      const child = new FakeChild(100 + children.length, hear);
      children.push(child);
      changed.resolve();
      changed = Promise.withResolvers<void>();
      return child;
    },
    clock: () => 0,
    // The wait for the last words at the end is not one between two lives.
    pause: (length) => (length > 12_000 ? new Promise(() => undefined) : Promise.resolve(void pauses.push(length))),
    report: (message) => reports.push(message),
  });
  /** The child that was started as the n-th, from 0 on. */
  const child = async (n: number): Promise<FakeChild> => {
    while (children[n] === undefined) await changed.promise;
    return children[n];
  };
  return { supervisor, children, child, reports, pauses };
}

/** Resolves once all that can go on without the test has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Two workers that serve. */
async function serving() {
  const world = supervised(2);
  const started = world.supervisor.start(() => undefined);
  for (const child of world.children) child.say({ type: "hello" });
  for (const child of world.children) child.say({ type: "listening" });
  await started;
  return world;
}

describe("the start", () => {
  test("the port is released once all are ready, and only then are they told to serve", async () => {
    const { supervisor, children } = supervised(2);
    const released: number[] = [];
    let done = false;
    const started = supervisor.start(() => {
      released.push(...children.map(({ heard }) => heard.length));
    });
    started.then(() => (done = true));
    children[0]?.say({ type: "hello" });
    await settled();
    expect(released).toEqual([]);
    children[1]?.say({ type: "hello" });
    await settled();
    expect(released).toEqual([0, 0]);
    expect(children.map(({ heard }) => heard)).toEqual(
      [1, 2].map((number) => [{ type: "serve", place: { number, of: 2, restarts: 0, since: 0 }, orders: ORDERS }]),
    );
    children[0]?.say({ type: "listening" });
    await settled();
    expect(done).toBe(false);
    children[1]?.say({ type: "listening" });
    await started;
  });

  test("one that cannot listen says why, and that is the end", async () => {
    const { supervisor, children } = supervised(2);
    const started = supervisor.start(() => undefined);
    for (const child of children) child.say({ type: "hello" });
    children[1]?.say({ type: "cannot-listen", message: "port 3000 is in use already" });
    await expect(started).rejects.toEqual(new CannotServe("port 3000 is in use already"));
  });

  test("one that ends again and again before it can serve is the end", async () => {
    const { supervisor, child, reports, pauses } = supervised(2);
    const refusal = supervisor.start(() => undefined).catch(String);
    for (let n = 1; n <= 5; n++) {
      (await child(n)).end();
      await settled();
    }
    expect(await refusal).toContain("worker 2 (process 105) ended with exit code 1 before it could serve");
    expect(await refusal).toContain("it failed to start 5 times in a row and is given up");
    expect([reports.length, pauses]).toEqual([4, [0, 100, 200, 400]]);
  });
});

describe("a crash", () => {
  test("another one takes its place, with the number and one restart more", async () => {
    const { children, child, reports } = await serving();
    children[0]?.end("was ended by SIGSEGV");
    const third = await child(2);
    third.say({ type: "hello" });
    await settled();
    expect(third.heard).toEqual([
      { type: "serve", place: { number: 1, of: 2, restarts: 1, since: 0 }, orders: ORDERS },
    ]);
    expect(reports).toEqual(["worker 1 (process 100) was ended by SIGSEGV; another one starts at once"]);
  });

  test("who asks does not wait for the one that crashed, nor for the one that has not begun to serve", async () => {
    const { children, child } = await serving();
    children[0]?.say({ type: "question", id: 7, question: { type: "clear" } });
    children[1]?.end();
    await child(2);
    expect(children[0]?.heard.at(-1)).toEqual({ type: "complete", id: 7 });
    children[0]?.say({ type: "question", id: 8, question: { type: "clear" } });
    expect(children[0]?.heard.at(-1)).toEqual({ type: "complete", id: 8 });
  });

  test("what it was last heard to have done is told to who asks for statistics, and the asker's own to nobody", async () => {
    const { children, child } = await serving();
    const [first, second] = children;
    second?.say({ type: "question", id: 1, question: { type: "statistics", own: share(2, [1]) } });
    expect(second?.heard.at(-1)).toMatchObject({ type: "answer", id: 1, answer: { last: [{ worker: 2 }] } });
    const asked = first?.heard.at(-1);
    expect(asked).toMatchObject({ type: "question", question: { type: "statistics" } });
    expect(asked).not.toHaveProperty("question.own");
    first?.say({
      type: "answer",
      id: asked?.type === "question" ? asked.id : -1,
      answer: { type: "statistics", share: share(1, [1, 2]) },
    });
    second?.end();
    await child(2);
    first?.say({ type: "question", id: 2, question: { type: "statistics", own: share(1, [1, 2, 3]) } });
    const recalled = first?.heard.at(-2);
    expect(recalled).toMatchObject({ type: "answer", id: 2, answer: { type: "recalled", gone: { worker: 2 } } });
    expect(recalled).toHaveProperty("answer.last.0.counted.requests.miss", 3);
  });

  test("one that cannot be started any more is given up while another serves; with the last one all is over", async () => {
    const { supervisor, children, child, reports } = await serving();
    children[1]?.end();
    for (let n = 2; n < 7; n++) {
      (await child(n)).end();
      await settled();
    }
    expect(reports.at(-1)).toBe(
      "worker 2 (process 106) ended with exit code 1 before it could serve; it failed to start 5 times in a row and is given up; 1 of 2 go on",
    );
    children[0]?.end();
    for (let n = 7; n < 12; n++) {
      (await child(n)).end();
      await settled();
    }
    await expect(supervisor.failed).rejects.toBeInstanceOf(CannotServe);
  });
});

test("a log that was rotated is told to those who serve", async () => {
  const { supervisor, children, child } = await serving();
  children[1]?.end();
  // Another one takes its place, and has not begun to serve.
  await child(2);
  supervisor.reopenLog();
  const told = children.map(({ heard }) => heard.some(({ type }) => type === "reopen-log"));
  expect(told).toEqual([true, false, false]);
});

describe("the end", () => {
  test("all are told, waited for, and the requests cut off add up; nobody is started anew", async () => {
    const { supervisor, children, reports } = await serving();
    const stopped = supervisor.stop(9000);
    for (const [i, child] of children.entries()) {
      expect(child.heard.at(-1)).toEqual({ type: "stop", grace: 9000 });
      child.say({ type: "stopped", cutOff: i + 1 });
      child.end("ended with exit code 0");
    }
    expect(await stopped).toBe(3);
    await settled();
    expect([children.length, reports, children.map(({ killed }) => killed)]).toEqual([2, [], [false, false]]);
  });

  test("one that does not serve yet is ended at once", async () => {
    const { supervisor, children, child } = await serving();
    children[1]?.end();
    const third = await child(2);
    const stopped = supervisor.stop(9000);
    expect([third.killed, children[0]?.killed]).toEqual([true, false]);
    children[0]?.end();
    expect(await stopped).toBe(0);
  });

  test("who does not end in time is ended", async () => {
    const { supervisor, children } = await serving();
    expect(await supervisor.stop(1000)).toBe(0);
    expect(children.map(({ killed }) => killed)).toEqual([true, true]);
  });
});

test("what workers note of fixtures is told to any of them, and is not lost with one", async () => {
  const { supervisor, child, children } = await serving();
  const [first, second] = [await child(0), await child(1)];
  first.say({ type: "noted", note: { type: "present", files: ["a.http", "b.http"] } });
  first.say({ type: "noted", note: { type: "used", file: "a.http" } });
  second.say({ type: "noted", note: { type: "unrecorded", request: "GET /z" } });
  first.end();
  await settled();
  second.heard.length = 0;
  second.say({ type: "question", id: 7, question: { type: "fixtures" } });
  const recording = { written: 0, rewritten: 0, unchanged: 0, kept: 0, unrecorded: {}, drift: {} };
  const use = { fixtures: 2, used: 1, unused: ["b.http"], unrecorded: [{ request: "GET /z" }], further: 0, recording };
  expect(second.heard).toEqual([
    { type: "answer", id: 7, answer: { type: "fixtures", use } },
    { type: "complete", id: 7 },
  ]);
  expect(supervisor.fixtureUse()).toEqual(use);
  supervisor.kill();
  for (const one of children) one.end();
});
