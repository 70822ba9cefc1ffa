import { describe, expect, test } from "bun:test";
import type { Answer, Need, Outgoing } from "../../src/http/origin.ts";
import { type Limiter, limiting, unlimited } from "../../src/limit/limiter.ts";

type Asking = { readonly need?: Need; readonly method?: string; readonly url?: string; readonly signal?: AbortSignal };

/** An origin that answers when the test says so, with two places and a line of three, at a time that the test sets. */
class Origin {
  now = 0;
  readonly sent: string[] = [];
  readonly departed: string[] = [];
  readonly #open = new Map<string, (answer: Answer) => void>();
  readonly #timers = new Set<{ readonly at: number; readonly act: () => void }>();
  readonly limiter: Limiter = limiting({
    send: (outgoing) => this.#send(outgoing),
    room: { places: 2, line: 3 },
    patience: { required: 10_000, dispensable: 1000 },
    steady: () => this.now,
    timer: (length, act) => {
      const timer = { at: this.now + length, act };
      this.#timers.add(timer);
      return () => void this.#timers.delete(timer);
    },
  });

  get timers(): number {
    return this.#timers.size;
  }

  ask(path: string, { need = "required", method = "GET", url = "http://origin.test", signal }: Asking = {}) {
    const outgoing: Outgoing = {
      method,
      url: new URL(path, url),
      headers: new Headers(),
      body: null,
      signal: signal ?? new AbortController().signal,
      departs: () => void this.departed.push(path),
    };
    return this.limiter[need](outgoing);
  }

  /** Answers what was sent for a path. */
  async answer(path: string, body: ReadableStream<Uint8Array> | string | null = "page", status = 200): Promise<void> {
    const response = new Response(body, { status });
    this.#open.get(path)?.({ type: "response", response, headers: response.headers, framing: "delimited" });
    await settled();
  }

  async fail(path: string): Promise<void> {
    this.#open.get(path)?.({ type: "failed", failure: { type: "timeout", after: 1 } });
    await settled();
  }

  async pass(ms: number): Promise<void> {
    this.now += ms;
    for (const timer of this.#timers) if (timer.at <= this.now) timer.act();
    await settled();
  }

  /** Under way, waiting, delayed, shed. */
  get load(): readonly unknown[] {
    const { underWay, waiting, delayed, shed } = this.limiter.figures() ?? {};
    return [underWay, waiting, delayed, shed];
  }

  #send({ url: { pathname } }: Outgoing): Promise<Answer> {
    this.sent.push(pathname);
    return new Promise((resolve) => this.#open.set(pathname, resolve));
  }
}

async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** The response that an answer is. */
async function responseOf(answer: Promise<Answer>) {
  const came = await answer;
  if (came.type === "failed") throw new Error(came.failure.type);
  return came.response;
}

/** In one word what became of a request that was not answered. */
async function failureOf(answer: Promise<Answer>): Promise<string> {
  const came = await answer;
  if (came.type === "response") return String(came.response.status);
  return came.failure.type === "overloaded" ? `${came.failure.why} ${came.failure.retryAfter}` : came.failure.type;
}

async function busy(): Promise<Origin> {
  const origin = new Origin();
  origin.ask("/1");
  origin.ask("/2");
  return origin;
}

describe("a place is held until", () => {
  test.each<[string, (origin: Origin, answer: Promise<Answer>, client: AbortController) => Promise<unknown>]>([
    [
      "the content was read whole",
      async (origin, answer) => {
        await origin.answer("/1");
        expect(origin.load).toEqual([2, 1, 1, 0]);
        expect(await (await (await responseOf(answer)).blob()).text()).toBe("page");
      },
    ],
    [
      "the stream was read to its end",
      async (origin, answer) => {
        await origin.answer("/1");
        const { body } = await responseOf(answer);
        expect(origin.load).toEqual([2, 1, 1, 0]);
        expect(await new Response(body).text()).toBe("page");
      },
    ],
    [
      "the stream was cancelled",
      async (origin, answer) => {
        const cancelled = Promise.withResolvers<void>();
        await origin.answer("/1", new ReadableStream({ cancel: cancelled.resolve }));
        await (await responseOf(answer)).body?.cancel();
        await cancelled.promise;
      },
    ],
    [
      "the stream broke off",
      async (origin, answer) => {
        await origin.answer("/1", new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) }));
        await expect(new Response((await responseOf(answer)).body).text()).rejects.toBeUndefined();
      },
    ],
    [
      "the content that was to be read whole broke off",
      async (origin, answer) => {
        await origin.answer("/1", new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) }));
        await expect((await responseOf(answer)).blob()).rejects.toThrow("cut");
      },
    ],
    [
      "whoever wanted it has left, with nothing of it read",
      async (origin, _, client) => {
        await origin.answer("/1", new ReadableStream({}));
        expect(origin.load).toEqual([2, 1, 1, 0]);
        client.abort();
      },
    ],
    ["the origin failed", (origin) => origin.fail("/1")],
    ["an answer came that has no content", (origin) => origin.answer("/1", null, 304)],
    [
      "a response turned out to have none",
      async (origin, answer) => {
        await origin.answer("/1", null);
        expect((await responseOf(answer)).body).toBeNull();
      },
    ],
  ])("%s", async (_, end) => {
    const origin = new Origin();
    const client = new AbortController();
    const answer = origin.ask("/1", { signal: client.signal });
    origin.ask("/2");
    origin.ask("/3");
    expect(origin.sent).toEqual(["/1", "/2"]);
    await end(origin, answer, client);
    await settled();
    expect(origin.sent).toEqual(["/1", "/2", "/3"]);
    // Only once: leaving afterwards gives back nothing more.
    client.abort();
    expect(origin.load).toEqual([2, 0, 1, 0]);
  });

  test("an answer to HEAD came", async () => {
    const origin = new Origin();
    origin.ask("/1", { method: "HEAD" });
    await origin.answer("/1", null);
    expect(origin.load).toEqual([0, 0, 0, 0]);
  });
});

describe("one who waits", () => {
  test("is told when it goes, and no timer is left", async () => {
    const origin = await busy();
    origin.ask("/3");
    expect(origin.timers).toBe(1);
    await origin.fail("/1");
    expect([origin.departed, origin.timers]).toEqual([["/3"], 0]);
  });

  test("for too long is refused, earlier where something stored can answer", async () => {
    const origin = await busy();
    const required = failureOf(origin.ask("/3"));
    const spare = failureOf(origin.ask("/4", { need: "dispensable" }));
    await origin.pass(1000);
    expect(await spare).toBe("waited 1");
    expect(origin.load).toEqual([2, 1, 2, 1]);
    await origin.pass(9000);
    expect(await required).toBe("waited 1");
    expect(origin.load).toEqual([2, 0, 2, 2]);
    await origin.fail("/1");
    expect(origin.sent).toEqual(["/1", "/2"]);
  });

  test("and leaves gives his place in the line up", async () => {
    const origin = await busy();
    const client = new AbortController();
    const left = failureOf(origin.ask("/3", { signal: client.signal }));
    origin.ask("/4");
    client.abort();
    expect(await left).toBe("aborted");
    await origin.fail("/1");
    expect(origin.sent).toEqual(["/1", "/2", "/4"]);
    expect(origin.timers).toBe(0);
  });

  test("and leaves together with one who has a place loses none of the places", async () => {
    const origin = new Origin();
    const client = new AbortController();
    const { signal } = client;
    for (const path of ["/1", "/2", "/3", "/4"]) origin.ask(path, { signal });
    client.abort();
    await settled();
    expect(origin.load).toEqual([0, 0, 2, 0]);
  });

  test("who had left before is not sent", async () => {
    const origin = new Origin();
    expect(await failureOf(origin.ask("/1", { signal: AbortSignal.abort() }))).toBe("aborted");
    expect(origin.sent).toEqual([]);
  });
});

describe("a full line", () => {
  test("refuses at once", async () => {
    const origin = await busy();
    for (const path of ["/3", "/4", "/5"]) origin.ask(path);
    expect(await failureOf(origin.ask("/6"))).toBe("line-full 1");
    expect(origin.load).toEqual([2, 3, 3, 1]);
  });

  test("has one make room who could do without", async () => {
    const origin = await busy();
    for (const path of ["/3", "/4"]) origin.ask(path);
    const spare = failureOf(origin.ask("/5", { need: "dispensable" }));
    origin.ask("/6");
    expect(await spare).toBe("line-full 1");
    expect(origin.timers).toBe(3);
  });
});

test("each origin has places of its own", async () => {
  const origin = await busy();
  origin.ask("/3", { url: "http://another.test" });
  expect(origin.sent).toEqual(["/1", "/2", "/3"]);
  expect(origin.limiter.figures()).toEqual({ most: 2, underWay: 3, waiting: 0, delayed: 0, shed: 0 });
});

test("without a bound all goes as it comes, and nobody counts", () => {
  const send = () => Promise.resolve<Answer>({ type: "failed", failure: { type: "offline" } });
  const limiter = unlimited(send);
  expect([limiter.required, limiter.dispensable, limiter.figures()]).toEqual([send, send, undefined]);
});
