import type { Answer, OriginFailure, Outgoing } from "../../src/http/origin.ts";
import { buildCache, type Cache, type CacheSettings } from "../../src/wiring/build-cache.ts";
import { made } from "../http/made.ts";
import type { Fields } from "./reading.ts";

/** When every test begins. */
export const START = Date.UTC(2026, 5, 15, 12);
export const MAX_ENTRY = 4096;

/** A whole answer of the origin. */
export type Page = {
  readonly status: number;
  readonly fields: Fields;
  readonly body: string;
  /** Whether Content-Length announces it, an end is marked in it, or the connection's end is all there is. */
  readonly framing: "announced" | "chunked" | "until-close";
  /** How many bytes come before it breaks off; undefined where it is whole. */
  readonly cutAt?: number | undefined;
};

/** What the origin does with a request. */
export type Deed = Page | Extract<OriginFailure, { type: "unreachable" | "timeout" }>;

/** A request as it reached the origin. */
export type Reached = { readonly method: string; readonly url: URL; readonly fields: Fields };

/** A request that reached the origin, what became of it, and when. */
export type Sent = Reached & { readonly deed: Deed; readonly requestTime: number; readonly responseTime: number };

/** What a client got, its body read to the end; `broken` where it broke off. */
export type Got = {
  readonly status: number;
  readonly fields: Fields;
  readonly bytes: string;
  readonly broken: boolean;
};

/** What a client asks. */
export type Asking = { readonly method?: string; readonly url: string; readonly fields?: Fields };

/** The origin's mind: what it does with a request, how many seconds that takes, and what else it waits for. */
export type Origin = (request: Reached) => {
  readonly deed: Deed;
  readonly delay: number;
  readonly until?: Promise<void>;
};

/** The real cache between a client and an origin that are both functions, at a time that only tests change. */
export class Harness {
  readonly cache: Cache;
  readonly errors: unknown[] = [];
  /** All that has reached the origin. */
  readonly sent: Sent[] = [];
  #now = START;
  #looks = 0;
  #pending = 0;
  readonly #origin: Origin;

  constructor(origin: Origin, settings: Partial<CacheSettings> = {}) {
    this.#origin = origin;
    const defaults: CacheSettings = {
      origin: new URL("http://origin.test"),
      ttl: 0,
      ignoreQuery: [],
      maxSize: 64 * 1024 * 1024,
      maxEntrySize: MAX_ENTRY,
      timeout: 5000,
      quota: { type: "on", share: 0.1 },
      maxOriginConnections: undefined,
      trustForwarded: false,
      offline: false,
      eviction: "lru",
    };
    const surroundings = {
      send: (outgoing: Outgoing) => this.#send(outgoing),
      clock: () => this.#now,
      // Each look at it is later than the last, and no time passes.
      steady: () => {
        this.#looks += 1e-3;
        return this.#looks;
      },
    };
    this.cache = buildCache({ ...defaults, ...settings }, surroundings, (error) => this.errors.push(error));
  }

  /** In whole seconds. */
  get now(): number {
    return Math.floor(this.#now / 1000);
  }

  /** @param seconds forwards, or backwards as clocks do that are set */
  step(seconds: number): void {
    this.#now += seconds * 1000;
  }

  /** Asks, reads the answer to its end, and waits until nothing is under way any longer, behind the answer either. */
  async get(asking: Asking): Promise<Got> {
    const got = await this.ask(asking);
    await this.settled();
    return got;
  }

  async ask({ method = "GET", url, fields = {} }: Asking): Promise<Got> {
    const asked = new URL(url, "http://proxy.test");
    const headers = new Headers(fields);
    const body = ["GET", "HEAD", "DELETE"].includes(method) ? null : "what is to be changed";
    const request = new Request(asked.href, { method, headers, body });
    const { response } = await this.cache.handler({ request, url: asked, headers, client: () => "192.0.2.1" });
    const { bytes, broken } = await readAll(made(response).body);
    return { status: response.status, fields: fieldsOf(response.headers), bytes, broken };
  }

  /** Lets everything go on that does not wait for the origin. */
  async idle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** The barrier: the origin has been let go of by all, and what was left to do with its answers is done. */
  async settled(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet = this.#pending === 0 ? quiet + 1 : 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #send(outgoing: Outgoing): Promise<Answer> {
    const { method, url } = outgoing;
    this.#pending++;
    const request = { method, url, fields: fieldsOf(outgoing.headers) };
    const requestTime = this.now;
    await Promise.resolve();
    const { deed, delay, until } = this.#origin(request);
    await until;
    this.step(delay);
    this.sent.push({ ...request, deed, requestTime, responseTime: this.now });
    if ("type" in deed) {
      this.#pending--;
      return { type: "failed", failure: deed };
    }
    const headers = new Headers(deed.fields);
    const hasBody = method !== "HEAD" && ![204, 304].includes(deed.status);
    if (deed.framing === "announced" && ![204, 304].includes(deed.status))
      headers.set("content-length", String(deed.body.length));
    if (!hasBody) this.#pending--;
    const response = new Response(hasBody ? this.#stream(deed) : null, { status: deed.status, headers });
    const framing = deed.framing === "until-close" ? "until-close" : "delimited";
    return { type: "response", response, headers, framing };
  }

  /** The body in pieces, which may break off. */
  #stream({ body, cutAt }: Page): ReadableStream<Uint8Array> {
    const bytes = new TextEncoder().encode(body.slice(0, cutAt));
    const piece = Math.max(1, Math.ceil(bytes.byteLength / 3));
    let at = 0;
    return new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (at < bytes.byteLength) {
          controller.enqueue(bytes.slice(at, at + piece));
          at += piece;
          return;
        }
        this.#pending--;
        if (cutAt === undefined) controller.close();
        else controller.error(new Error("the connection was closed"));
      },
      cancel: () => {
        this.#pending--;
      },
    });
  }
}

async function readAll(body: ReadableStream<Uint8Array> | null): Promise<{ bytes: string; broken: boolean }> {
  let bytes = "";
  if (body === null) return { bytes, broken: false };
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    try {
      const { done, value } = await reader.read();
      if (done) return { bytes, broken: false };
      bytes += decoder.decode(value, { stream: true });
    } catch {
      return { bytes, broken: true };
    }
  }
}

function fieldsOf(headers: Headers): Fields {
  return Object.fromEntries(headers);
}
