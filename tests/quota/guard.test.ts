import { describe, expect, test } from "bun:test";
import type { Answer, Need, Outgoing } from "../../src/http/origin.ts";
import { type Guard, guarding, pausing } from "../../src/quota/guard.ts";

const START = Date.UTC(2026, 5, 15, 12);

type Fields = Readonly<Record<string, string>>;
type Asking = {
  readonly need?: Need;
  readonly method?: string;
  readonly path?: string;
  readonly fields?: Fields;
  readonly signal?: AbortSignal;
};

/** An origin behind the guard, at a time that the test sets: waits are over once it has come. */
class Origin {
  now = START;
  readonly sent: string[] = [];
  /** What it answers next; else it says no more. */
  status = 200;
  fields: Fields = {};
  readonly cancelled: string[] = [];
  readonly #waiting: { readonly until: number; readonly go: (how: "over" | "left") => void }[] = [];
  readonly guard: Guard = guarding({
    ways: { required: (outgoing) => this.#send(outgoing), dispensable: (outgoing) => this.#send(outgoing) },
    clock: () => this.now,
    rules: { share: 0.1, patience: 10_000 },
    pause: (length, signal) =>
      new Promise((go) => {
        this.#waiting.push({ until: this.now + length, go });
        signal.addEventListener("abort", () => go("left"));
      }),
  });

  /** The status of the answer, or what became of the request instead. */
  async ask({
    need = "required",
    method = "GET",
    path = "/",
    fields = {},
    signal = new AbortController().signal,
  }: Asking = {}): Promise<string> {
    const outgoing = {
      method,
      url: new URL(path, "http://origin.test"),
      headers: new Headers(fields),
      body: null,
      signal,
    };
    const answer = await this.guard[need](outgoing);
    if (answer.type === "response") return String(answer.response.status);
    const { failure } = answer;
    return failure.type === "rate-limited" ? `${failure.why} ${failure.retryAfter}` : failure.type;
  }

  says(status: number, fields: Fields): void {
    Object.assign(this, { status, fields });
  }

  /** Lets time pass, and go who has waited for it. */
  async pass(ms: number): Promise<void> {
    this.now += ms;
    for (const { until, go } of this.#waiting) if (until <= this.now) go("over");
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  async #send({ method, url }: Outgoing): Promise<Answer> {
    this.sent.push(`${method} ${url.pathname}`);
    const body = new ReadableStream({ cancel: () => void this.cancelled.push(url.pathname) });
    const response = new Response(body, { status: this.status, headers: this.fields });
    return { type: "response", response, headers: response.headers, framing: "delimited" };
  }
}

const TOO_MANY = { "retry-after": "60" };
const ANNE = { authorization: "anne" };

describe("a 429", () => {
  test("is passed on, and then remembered for as long as it says", async () => {
    const origin = new Origin();
    origin.says(429, TOO_MANY);
    expect(await origin.ask()).toBe("429");
    origin.says(200, {});
    expect(await origin.ask()).toBe("refused 60");
    origin.now += 59_001;
    expect(await origin.ask({ path: "/other" })).toBe("refused 1");
    expect(origin.sent).toHaveLength(1);
    origin.now += 999;
    expect(await origin.ask()).toBe("200");
    expect(origin.guard.figures()).toEqual({ delayed: 0 });
  });

  test("is one client's", async () => {
    const origin = new Origin();
    origin.says(429, TOO_MANY);
    expect(await origin.ask({ fields: ANNE })).toBe("429");
    origin.says(200, {});
    expect(await origin.ask({ fields: { authorization: "bert" } })).toBe("200");
    expect(await origin.ask({ fields: { "x-forwarded-for": "10.0.0.1" } })).toBe("200");
    expect(await origin.ask({ fields: ANNE })).toBe("refused 60");
    expect(origin.guard.figures()).toEqual({ refusedUntil: START + 60_000, delayed: 0 });
  });

  test("is one origin's", async () => {
    const origin = new Origin();
    origin.says(429, TOO_MANY);
    expect(await origin.ask()).toBe("429");
    origin.says(200, {});
    expect(await origin.ask({ path: "http://another.test/" })).toBe("200");
  });

  test("is not passed on where what is stored can stand in, also where it says nothing more", async () => {
    for (const [fields, failed] of [
      [TOO_MANY, "refused 60"],
      [{}, "refused 1"],
    ] as const) {
      const origin = new Origin();
      origin.says(429, fields);
      expect(await origin.ask({ need: "dispensable", path: "/x" })).toBe(failed);
      expect(origin.cancelled).toEqual(["/x"]);
    }
  });

  test("does not hold up what changes something, nor is that heard of", async () => {
    const origin = new Origin();
    origin.says(429, TOO_MANY);
    for (const need of ["required", "dispensable"] as const)
      expect(await origin.ask({ method: "POST", need })).toBe("429");
    expect(await origin.ask()).toBe("429");
    expect(await origin.ask({ method: "DELETE" })).toBe("429");
    expect(await origin.ask()).toBe("refused 60");
    expect(origin.sent).toEqual(["POST /", "POST /", "GET /", "DELETE /"]);
  });
});

describe("a 503", () => {
  test("that says for how long is remembered for that path", async () => {
    const origin = new Origin();
    origin.says(503, TOO_MANY);
    expect(await origin.ask({ path: "/slow?a" })).toBe("503");
    origin.says(200, {});
    expect(await origin.ask({ path: "/slow?b" })).toBe("overloaded 60");
    expect(await origin.ask({ path: "/quick" })).toBe("200");
    expect(origin.guard.figures()).toEqual({ refusedUntil: START + 60_000, delayed: 0 });
  });

  test("that does not is an error like any other", async () => {
    const origin = new Origin();
    origin.says(503, {});
    expect(await origin.ask({ need: "dispensable" })).toBe("503");
    expect(await origin.ask()).toBe("503");
  });
});

describe("near the limit", () => {
  /** 4 of 100 for the next 20 s: 5 s between any two. */
  const LOW = { "ratelimit-limit": "100", "ratelimit-remaining": "4", "ratelimit-reset": "20" };

  async function low(): Promise<Origin> {
    const origin = new Origin();
    origin.says(200, LOW);
    expect(await origin.ask()).toBe("200");
    origin.says(200, {});
    return origin;
  }

  test("requests go one after the other, evenly, and what is stored stands in for those that it can", async () => {
    const origin = await low();
    expect(await origin.ask({ need: "dispensable" })).toBe("scarce 5");
    const asked = [origin.ask({ path: "/1" }), origin.ask({ path: "/2" })];
    expect(origin.sent).toEqual(["GET /"]);
    expect(origin.guard.figures()).toEqual({
      strictest: { limit: 100, remaining: 2, resetsAt: START + 20_000 },
      delayed: 2,
    });
    await origin.pass(5000);
    expect(origin.sent).toEqual(["GET /", "GET /1"]);
    expect(await origin.ask({ need: "dispensable" })).toMatch(/^scarce/);
    await origin.pass(10_000);
    expect(await Promise.all(asked)).toEqual(["200", "200"]);
    expect(origin.sent).toEqual(["GET /", "GET /1", "GET /2"]);
  });

  test("after the reset everything goes", async () => {
    const origin = await low();
    await origin.pass(20_000);
    expect(await Promise.all([origin.ask(), origin.ask({ need: "dispensable" })])).toEqual(["200", "200"]);
    expect(origin.guard.figures()).toEqual({ delayed: 0 });
  });

  test("who has left is not sent for, and who was refused meanwhile neither", async () => {
    const origin = await low();
    const leaver = new AbortController();
    const left = origin.ask({ signal: leaver.signal });
    leaver.abort();
    expect(await left).toBe("aborted");
    origin.says(429, TOO_MANY);
    const asked = [origin.ask({ path: "/1" }), origin.ask({ path: "/2" })];
    await origin.pass(10_000);
    expect(await Promise.all(asked)).toEqual(["429", "429"]);
    const late = origin.ask();
    await origin.pass(10_000);
    expect(await late).toMatch(/^refused/);
    expect(origin.sent).toEqual(["GET /", "GET /1", "GET /2"]);
  });

  test("a client that waits keeps nobody else", async () => {
    const origin = await low();
    expect(await origin.ask({ fields: ANNE })).toBe("200");
  });
});

test("of an origin that names several policies each is remembered until its reset", async () => {
  const origin = new Origin();
  const policy = (name: string, remaining: number, seconds: number): Fields => ({
    ratelimit: `"${name}";r=${remaining};t=${seconds}`,
    "ratelimit-policy": `"${name}";q=100;w=60`,
  });
  const strictest = (): unknown => origin.guard.figures()?.strictest;
  origin.says(200, policy("search", 40, 10));
  await origin.ask();
  origin.says(200, policy("core", 90, 60));
  await origin.ask();
  expect(strictest()).toMatchObject({ policy: "search", remaining: 39 });
  origin.now += 10_000;
  expect(strictest()).toMatchObject({ policy: "core", remaining: 90 });
});

test("a pause is over after its time, or once its client has left", async () => {
  const left = new AbortController();
  expect(await pausing(1, left.signal)).toBe("over");
  const long = pausing(1e6, left.signal);
  left.abort();
  expect(await long).toBe("left");
  expect(await pausing(1e6, left.signal)).toBe("left");
});

test("clients that the origin knows by credentials of ours share what it says to one of them", async () => {
  const sent: string[] = [];
  const send = async ({ url }: Outgoing): Promise<Answer> => {
    sent.push(url.pathname);
    const [response, headers] = [new Response(null, { status: 429 }), new Headers({ "retry-after": "9" })];
    return { type: "response", response, headers, framing: "delimited" };
  };
  const guard = guarding({
    ways: { required: send, dispensable: send },
    clock: () => START,
    rules: { share: 0.1, patience: 0 },
    pause: pausing,
    asSent: () => new Headers({ authorization: "Bearer ours" }),
  });
  const { signal } = new AbortController();
  for (const client of ["192.0.2.1", "192.0.2.2"]) {
    const headers = new Headers({ "x-forwarded-for": client });
    await guard.required({ method: "GET", url: new URL(`http://o.test/${client}`), headers, body: null, signal });
  }
  expect(sent).toEqual(["/192.0.2.1"]);
});
