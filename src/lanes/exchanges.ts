import { shownValue } from "../caching/personal.ts";
import type { Mask } from "../http/masked.ts";
import { maskedExchange } from "../observe/masked-exchange.ts";
import type { ExchangeRecord } from "../observe/record.ts";
import { type ShownExchange, shown } from "../observe/shown-exchange.ts";

/** An exchange of a lane, as JSON carries it: with the fields that the request had, credentials hidden. */
export type LaneExchange = Omit<ShownExchange, "id"> & { readonly headers: Readonly<Record<string, string>> };

/** What is kept of one: nothing that would keep the connection. */
type Kept = Omit<ExchangeRecord, "client">;

/** So many of a lane are remembered. */
export const MOST_EXCHANGES = 1000;

/** The last exchanges of a lane. */
export class Exchanges {
  readonly #most: number;
  #kept: Kept[] = [];
  /** Where the next one goes once there are as many as may be: in the place of the oldest. */
  #at = 0;

  constructor(most = MOST_EXCHANGES) {
    this.#most = most;
  }

  get size(): number {
    return this.#kept.length;
  }

  push({ client: _, ...kept }: ExchangeRecord): void {
    if (this.#kept.length < this.#most) this.#kept.push(kept);
    else {
      this.#kept[this.#at] = kept;
      this.#at = (this.#at + 1) % this.#most;
    }
  }

  clear(): void {
    this.#kept = [];
    this.#at = 0;
  }

  /**
   * The last ones, the oldest first.
   * @param worker 0 where the process is alone
   */
  last(limit: number, worker: number): readonly LaneExchange[] {
    const inOrder = [...this.#kept.slice(this.#at), ...this.#kept.slice(0, this.#at)];
    return inOrder.slice(Math.max(0, inOrder.length - limit)).map((kept) => shownOf(kept, worker));
  }
}

/** The same for others than the program whose exchanges they are: without secrets in URLs. */
export function maskedLaneExchange(exchange: LaneExchange, mask: Mask): LaneExchange {
  const { referer, ...others } = exchange.headers;
  const headers = referer === undefined ? others : { ...others, referer: mask(referer) };
  return { ...maskedExchange(exchange, mask), headers };
}

function shownOf(kept: Kept, worker: number): LaneExchange {
  const { id: _, ...exchange } = shown(kept, { worker, seq: 0 });
  const headers = [...kept.headers].map(([name, value]) => [name, shownValue(name, value)] as const);
  return { ...exchange, headers: Object.fromEntries(headers) };
}
