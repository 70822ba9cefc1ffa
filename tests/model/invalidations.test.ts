import { expect, test } from "bun:test";
import fc from "fast-check";
import { Harness, type Reached } from "./harness.ts";
import { PATIENCE, runs } from "./runs.ts";

/** An origin whose content changes with each successful unsafe request, at the time when that is answered. Answers wait to be let go. */
class Changing {
  version = 0;
  readonly waiting: (() => void)[] = [];
  readonly harness = new Harness((request) => this.#answer(request));

  #answer({ method, fields }: Reached) {
    const status = method === "GET" ? 200 : Number(fields["x-status"]);
    const page = {
      status,
      fields: { "cache-control": "max-age=100", "x-method": method },
      body: `version ${this.version}`,
      framing: "announced" as const,
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.push(() => {
      if (method !== "GET" && status < 400) this.version++;
      resolve();
    });
    return { deed: page, delay: 0, until: promise };
  }

  /** What is stored, if anything. */
  async stored(): Promise<string | undefined> {
    const { status, bytes } = await this.harness.ask({
      url: "/",
      fields: { "cache-control": "only-if-cached, max-stale" },
    });
    return status === 504 ? undefined : bytes;
  }
}

const unsafe = fc.record({
  type: fc.constant("unsafe" as const),
  method: fc.constantFrom("POST", "PUT", "DELETE", "PATCH"),
  status: fc.constantFrom(200, 201, 204, 301, 303, 399, 400, 404, 500),
});
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("get" as const), alone: fc.boolean() }) },
  { weight: 2, arbitrary: unsafe },
  { weight: 6, arbitrary: fc.record({ type: fc.constant("answer" as const), which: fc.nat() }) },
);

test(
  "RFC 9111 §4.4: nothing is used that is older than a change, in whatever order requests and answers come",
  async () => {
    let used = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 24 }), async (events) => {
        const origin = new Changing();
        const { harness, waiting } = origin;
        const under: Promise<unknown>[] = [];
        for (const event of events) {
          switch (event.type) {
            case "get":
              // With a field that keeps it from waiting for another's answer, or without.
              under.push(harness.ask({ url: "/", fields: event.alone ? { "if-modified-since": "0" } : {} }));
              break;
            case "unsafe":
              under.push(harness.ask({ url: "/", method: event.method, fields: { "x-status": String(event.status) } }));
              break;
            case "answer":
              waiting.splice(event.which % Math.max(1, waiting.length), 1)[0]?.();
          }
          await harness.idle();
          const stored = await origin.stored();
          if (stored !== undefined) used++;
          if (stored !== undefined) expect(stored).toBe(`version ${origin.version}`);
        }
        while (waiting.length > 0) {
          waiting.shift()?.();
          await harness.idle();
        }
        await Promise.all(under);
      }),
      runs(150),
    );
    expect(used).toBeGreaterThan(0);
  },
  PATIENCE,
);

test(
  "RFC 9111 §4.4: a request that failed, or asked for no change, changes nothing",
  async () => {
    const harmless = fc.oneof(
      fc.tuple(fc.constantFrom("POST", "PUT", "DELETE", "PATCH"), fc.constantFrom(400, 404, 409, 500, 503)),
      fc.tuple(fc.constantFrom("OPTIONS", "HEAD"), fc.constantFrom(200, 204)),
    );
    await fc.assert(
      fc.asyncProperty(harmless, async ([method, status]) => {
        const harness = new Harness((request) => ({
          deed: {
            status: request.method === method ? status : 200,
            fields: { "cache-control": "max-age=100" },
            body: "kept",
            framing: "chunked",
          },
          delay: 0,
        }));
        await harness.get({ url: "/" });
        await harness.get({ url: "/", method });
        const asked = harness.sent.length;
        expect((await harness.get({ url: "/" })).bytes).toBe("kept");
        expect(harness.sent).toHaveLength(asked);
      }),
      runs(40),
    );
  },
  PATIENCE,
);
