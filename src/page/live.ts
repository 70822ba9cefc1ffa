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

  constructor(api: AdminApi) {
    this.#api = api;
    this.#feed = new Feed(api, {
      hello: (hello) => {
        this.#seconds.startOver();
        this.#change({ hello });
        void this.#remember();
      },
      stats: (stats) => {
        this.#seconds.add(stats, Date.now());
        this.#change({ stats, seconds: this.#seconds.all });
      },
      connection: (connection) => this.#change({ connection }),
      exchanges: (exchanges, dropped) => {
        this.#seconds.saw(exchanges);
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

  /** What happened before, or while the connection was broken; where it cannot be had, the charts begin now. */
  async #remember(): Promise<void> {
    const [history, stats] = await Promise.all([
      this.#api.get<{ readonly seconds: readonly Second[] }>("history"),
      this.#api.get<Stats>("stats"),
    ]);
    if (history.type === "ok") this.#seconds.remember(history.value.seconds);
    this.#change({ seconds: this.#seconds.all, ...(stats.type === "ok" && { stats: stats.value }) });
  }

  #change(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      for (const listener of this.#listeners) listener(this.#state);
    });
  }
}
