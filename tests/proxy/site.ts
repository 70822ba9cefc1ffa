import type { Instant } from "../../src/http/date.ts";
import type { Reply } from "../../src/http/exchange.ts";
import type { Answer, Leaving, OriginFailure, Outgoing } from "../../src/http/origin.ts";
import { buildCache, type Cache, type CacheSettings, type Surroundings } from "../../src/wiring/build-cache.ts";
import type { Fields } from "../caching/build.ts";
import { made } from "../http/made.ts";

/** A request that the origin was sent and has not answered yet. */
export type Pending = {
  readonly headers: Headers;
  readonly signal: Leaving;
  readonly answer: (status: number, fields?: Fields, body?: string) => void;
  readonly fail: (failure: OriginFailure) => void;
};

/** The cache's path before an origin that answers when the test says so, at times that the test sets. */
export class Site {
  readonly pending: Pending[] = [];
  now: Instant = Date.UTC(2026, 5, 15, 12);
  readonly errors: unknown[] = [];
  readonly cache: Cache;

  /**
   * @param further what there is besides origin and clocks
   * @param settings others than usual
   */
  constructor(
    further: Partial<Pick<Surroundings, "turns" | "steady">> = {},
    settings: Partial<Pick<CacheSettings, "maxOriginConnections">> = {},
  ) {
    this.cache = buildCache(
      {
        origin: new URL("http://origin.test"),
        ttl: 0,
        ignoreQuery: [],
        maxSize: 2 ** 20,
        maxEntrySize: 2 ** 20,
        eviction: "lru",
        timeout: 30_000,
        quota: { type: "on", share: 0.1 },
        maxOriginConnections: undefined,
        trustForwarded: false,
        offline: false,
        ...settings,
      },
      { send: (outgoing) => this.#send(outgoing), clock: () => this.now, steady: () => performance.now(), ...further },
      (error) => this.errors.push(error),
    );
  }

  /** Asks, and returns once the request has gone as far as it can. */
  async ask(fields: Fields = {}, init: RequestInit = {}, path = "/x"): Promise<{ readonly reply: Promise<Reply> }> {
    const request = new Request(`http://localhost${path}`, { ...init, headers: fields });
    const incoming = { request, url: new URL(request.url), headers: new Headers(fields), client: () => "" };
    const reply = Promise.resolve(this.cache.handler(incoming));
    await settled();
    // In an object: a promise alone would be waited for.
    return { reply };
  }

  /** Asks, has the origin answer at once, and reads to the end. */
  async fetch(answer: { readonly fields: Fields; readonly body?: string }, fields: Fields = {}): Promise<string> {
    const before = this.pending.length;
    const { reply } = await this.ask(fields);
    this.pending[before]?.answer(200, answer.fields, answer.body ?? "page");
    return made((await reply).response).text();
  }

  #send({ headers, signal }: Outgoing): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    signal.addEventListener("abort", () => resolve({ type: "failed", failure: { type: "aborted" } }));
    this.pending.push({
      ...{ headers, signal },
      answer: (status, fields = {}, body) => {
        const response = new Response(body ?? null, {
          status,
          headers: { date: new Date(this.now).toUTCString(), ...fields },
        });
        resolve({ type: "response", response, headers: new Headers(response.headers), framing: "delimited" });
      },
      fail: (failure) => resolve({ type: "failed", failure }),
    });
    return promise;
  }
}

/** Resolves once everything that was under way has gone as far as it can without a timer or the outside. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
