import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi } from "./admin-api.ts";
import { type Connection, Feed, type Hello } from "./feed.ts";
import { Kept } from "./kept.ts";
import { type Second, Seconds } from "./seconds.ts";
import type { Stats } from "./stats.ts";

/** All that the page shows; a new object each time that something changed. */
export type LiveState = {
  readonly connection: Connection;
  readonly hello: Hello | undefined;
  readonly stats: Stats | undefined;
  /** The last exchanges, newest first. */
  readonly exchanges: readonly ShownExchange[];
  /** Exchanges that the proxy left out since this page was slower than they came. */
  readonly dropped: number;
  /** The last ten minutes, oldest first. */
  readonly seconds: readonly Second[];
};

/** What the page knows of the proxy, kept up to date. */
export class Live {
  #state: LiveState = {
    connection: { type: "connecting" },
    hello: undefined,
    stats: undefined,
    exchanges: [],
    dropped: 0,
    seconds: [],
  };
  readonly #api: AdminApi;
  readonly #kept = new Kept();
  readonly #seconds = new Seconds();
  readonly #feed: Feed;
  readonly #listeners = new Set<(state: LiveState) => void>();
  #frame: number | undefined;
  #isAsking = false;

  constructor(api: AdminApi) {
    this.#api = api;
    this.#feed = new Feed(api, {
      hello: (hello) => {
        this.#change({ hello });
        void this.#ask();
      },
      stats: (stats) => {
        this.#change({ stats });
        void this.#askForSeconds();
      },
      connection: (connection) => this.#change({ connection }),
      exchanges: (exchanges, dropped) => {
        this.#change({ exchanges: this.#kept.add(exchanges), dropped: this.#state.dropped + dropped });
      },
    });
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Connects, now. */
  connect(): void {
    this.#feed.connect();
  }

  /** Forgets the exchanges; those that come are kept again. */
  clear(): void {
    this.#kept.clear();
    this.#change({ exchanges: [], dropped: 0 });
  }

  /** Tells at most once a frame. @returns what ends that */
  subscribe(listener: (state: LiveState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  /** The first statistics come a second after the connection; nobody waits for them. */
  async #ask(): Promise<void> {
    const [stats] = await Promise.all([this.#api.get<Stats>("stats"), this.#askForSeconds()]);
    if (stats.type === "ok") this.#change({ stats: stats.value });
  }

  /** What the seconds brought that are not known yet; where it cannot be had, the next statistics bring another attempt. */
  async #askForSeconds(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const path = `history?since=${this.#seconds.since}`;
    const answer = await this.#api.get<{ readonly seconds: readonly Second[] }>(path);
    this.#isAsking = false;
    if (answer.type !== "ok") return;
    this.#seconds.add(answer.value.seconds);
    this.#change({ seconds: this.#seconds.all });
  }

  #change(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      for (const listener of this.#listeners) listener(this.#state);
    });
  }
}
