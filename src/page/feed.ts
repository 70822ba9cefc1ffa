import type { ShownExchange } from "../observe/shown-exchange.ts";
import { type AdminApi, failureOf, reasonOf } from "./admin-api.ts";
import { MOST_KEPT } from "./kept.ts";
import { EventReader, type ServerEvent } from "./server-events.ts";
import type { Stats } from "./stats.ts";

/** What the proxy says first. */
export type Hello = {
  readonly name: string;
  readonly version: string;
  readonly origin: string;
  readonly workers: number;
  readonly now: number;
};

/** How we stand with the proxy; times in ms since the epoch. */
export type Connection =
  | { readonly type: "connecting" }
  | { readonly type: "live" }
  | { readonly type: "disconnected"; readonly since: number; readonly retryAt: number; readonly why: string }
  | { readonly type: "unauthorised"; readonly isWrong: boolean }
  /** It answers, but not so that asking again would help. */
  | { readonly type: "refused"; readonly why: string };

/** Who is told what comes. */
export type FeedListener = {
  readonly hello: (hello: Hello) => void;
  readonly exchanges: (exchanges: readonly ShownExchange[], dropped: number) => void;
  readonly stats: (stats: Stats) => void;
  readonly connection: (connection: Connection) => void;
};

/** Statistics come each second: after this long the proxy is gone, or the way to it. */
const SILENCE_MS = 8000;
const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15000];

/** Follows the proxy's events, and comes back to it when the connection breaks. */
export class Feed {
  readonly #api: AdminApi;
  readonly #listener: FeedListener;
  #failures = 0;
  #since: number | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt: AbortController | undefined;

  constructor(api: AdminApi, listener: FeedListener) {
    this.#api = api;
    this.#listener = listener;
  }

  /** Connects at once, whatever pause there would be. */
  connect(): void {
    clearTimeout(this.#retry);
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    if (this.#since === undefined) this.#listener.connection({ type: "connecting" });
    this.#follow(attempt)
      .then((why) => this.#lost(attempt, why))
      .catch((error: unknown) => this.#lost(attempt, reasonOf(error)));
  }

  /** @returns why it ended, where trying again may help */
  async #follow(attempt: AbortController): Promise<string | undefined> {
    // URLs as they were, to act on them: what is shown of them is masked. What was before as well, so that a gap closes.
    const response = await this.#api.open(`events?backlog=${MOST_KEPT}&secrets=shown`, attempt.signal);
    if (!response.ok || response.body === null) return this.#refused(response);
    const reader = new EventReader();
    const decoder = new TextDecoder();
    let silence = setTimeout(() => attempt.abort(new Error("nothing was heard of it")), SILENCE_MS);
    try {
      for await (const chunk of response.body) {
        clearTimeout(silence);
        silence = setTimeout(() => attempt.abort(new Error("nothing was heard of it")), SILENCE_MS);
        for (const event of reader.push(decoder.decode(chunk, { stream: true }))) this.#heard(event);
      }
    } finally {
      clearTimeout(silence);
    }
    return "the proxy ended the connection";
  }

  async #refused(response: Response): Promise<string | undefined> {
    const failure = await failureOf(response);
    if (failure.type === "unauthorised") {
      this.#listener.connection({ type: "unauthorised", isWrong: this.#api.token.value !== undefined });
      return undefined;
    }
    const why = failure.type === "failed" ? failure.why : "there was nothing to read";
    if (response.status >= 500) return why;
    this.#listener.connection({ type: "refused", why });
    return undefined;
  }

  #heard({ name, data }: ServerEvent): void {
    switch (name) {
      case "hello": {
        this.#failures = 0;
        this.#since = undefined;
        this.#listener.hello(JSON.parse(data));
        this.#listener.connection({ type: "live" });
        return;
      }
      case "exchanges": {
        const { exchanges, dropped }: { exchanges: ShownExchange[]; dropped: number } = JSON.parse(data);
        this.#listener.exchanges(exchanges, dropped);
        return;
      }
      case "stats":
        this.#listener.stats(JSON.parse(data));
    }
  }

  #lost(attempt: AbortController, why: string | undefined): void {
    if (attempt !== this.#attempt || why === undefined) return;
    attempt.abort();
    const pause = PAUSES_MS[Math.min(this.#failures++, PAUSES_MS.length - 1)] ?? 0;
    this.#since ??= Date.now();
    const retryAt = Date.now() + pause;
    this.#listener.connection({ type: "disconnected", since: this.#since, retryAt, why });
    this.#retry = setTimeout(() => this.connect(), pause);
  }
}
