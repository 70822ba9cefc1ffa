import type { ShownExchange } from "../observe/shown-exchange.ts";
import type { AdminApi } from "./admin-api.ts";
import { type Connection, Feed, type Hello } from "./feed.ts";
import { Kept } from "./kept.ts";
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
};

/** What the page knows of the proxy, kept up to date. */
export class Live {
  #state: LiveState = {
    connection: { type: "connecting" },
    hello: undefined,
    stats: undefined,
    exchanges: [],
    dropped: 0,
  };
  readonly #kept = new Kept();
  readonly #feed: Feed;
  readonly #listeners = new Set<(state: LiveState) => void>();
  #frame: number | undefined;

  constructor(api: AdminApi) {
    this.#feed = new Feed(api, {
      hello: (hello) => this.#change({ hello }),
      stats: (stats) => this.#change({ stats }),
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

  #change(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      for (const listener of this.#listeners) listener(this.#state);
    });
  }
}
