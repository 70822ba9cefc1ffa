import type { Instant, Milliseconds } from "../http/date.ts";
import type { AddressFigures } from "../http/origin-health.ts";
import { shownOrigin } from "../http/unix-socket.ts";
import {
  afterEvent,
  type Breaker,
  type BreakerEvent,
  type BreakerRules,
  CLOSED,
  permission,
  type Seen,
} from "./breaker.ts";
import { afterCheck, type Checked, isIll } from "./checked.ts";
import type { Standing } from "./order.ts";
import type { Verdict } from "./repeat.ts";

/** What an address is watched with. */
export type AddressParts = {
  /** Undefined where nothing that happens there keeps others from being sent. */
  readonly rules: BreakerRules | undefined;
  readonly clock: () => Instant;
  /** Ms on a clock that never steps. */
  readonly steady: () => Milliseconds;
  /** Told when it is left alone, and when it is asked again. */
  readonly tell: (change: string) => void;
};

/** One place where an origin can be reached, and how it did lately. */
export class Address {
  readonly url: URL;
  readonly #parts: AddressParts;
  #breaker: Breaker = CLOSED;
  #checked: Checked = { type: "unknown" };
  #since: Instant;
  #asked = 0;
  #failed = 0;
  #repeated = 0;
  #wellAt: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor(url: URL, parts: AddressParts) {
    this.url = url;
    this.#parts = parts;
    this.#since = parts.clock();
  }

  /** How it stands for a request for that path. */
  standing(path: string): Standing {
    const { rules, steady } = this.#parts;
    const may = rules === undefined ? "go" : permission(this.#breaker, path, steady(), rules);
    return { permission: may, isIll: isIll(this.#checked) };
  }

  /** How long it is left alone from now on at least. */
  get rest(): Milliseconds {
    return this.#breaker.type === "open" ? Math.max(0, this.#breaker.until - this.#parts.steady()) : 0;
  }

  /**
   * A request for that path goes there.
   * @returns to be told what became of it
   */
  sends(path: string, as: "usual" | "probe", time: "first" | "again"): (verdict: Verdict) => void {
    this.#asked++;
    if (time === "again") this.#repeated++;
    if (as === "probe") this.#see({ event: "probe-sent", path });
    const sentAt = this.#parts.steady();
    return (verdict) => this.#learns(verdict, { path, as, sentAt });
  }

  #learns(verdict: Verdict, { path, as, sentAt }: Sent): void {
    const now = this.#parts.steady();
    if (verdict === "well") this.#wellAt = now;
    if (verdict !== "well" && verdict !== "nothing") this.#failed++;
    const since = verdict === "gone" ? Math.min(sentAt, now - LATELY) : sentAt;
    const event = EVENTS[as][verdict];
    // What answers others meanwhile is well: it is that request that it fails.
    if (event === undefined || (event === "failed" && this.#wellAt > since)) return;
    this.#see({ event, path });
  }

  /** What a health check has found. */
  isChecked(result: "passed" | "failed"): void {
    const was = this.#state;
    this.#checked = afterCheck(this.#checked, result);
    if (result === "passed") this.#breaker = CLOSED;
    this.#compare(was);
  }

  figures(origin: string): AddressFigures {
    return {
      ...{ origin, address: shownOrigin(this.url), state: this.#state, since: this.#since },
      ...{ asked: this.#asked, failed: this.#failed, repeated: this.#repeated },
    };
  }

  get #state(): AddressFigures["state"] {
    if (isIll(this.#checked)) return "ill";
    return this.#breaker.type === "closed" ? "well" : this.#breaker.type;
  }

  #see(seen: Seen): void {
    const { rules, steady } = this.#parts;
    if (rules === undefined) return;
    const was = this.#state;
    this.#breaker = afterEvent(this.#breaker, seen, steady(), rules);
    this.#compare(was);
  }

  /** From open to half-open and back again nothing is new to anybody. */
  #compare(was: AddressFigures["state"]): void {
    const is = this.#state;
    if (is === was) return;
    this.#since = this.#parts.clock();
    const name = shownOrigin(this.url);
    if (is === "well") this.#parts.tell(`The origin at ${name} answers again.`);
    else if (is === "ill" && was === "well") this.#parts.tell(`The origin at ${name} fails its health checks.`);
    else if (was === "well")
      this.#parts.tell(
        `The origin at ${name} failed several times in a row: what failed there is left alone for a while.`,
      );
  }
}

type Sent = { readonly path: string; readonly as: "usual" | "probe"; readonly sentAt: Milliseconds };

/** A gateway that says 502 of one path and answers for others does so for as long as this at least. */
const LATELY: Milliseconds = 1000;

const EVENTS = {
  usual: { well: "succeeded", gone: "failed", "gone-as-another": undefined, failed: "failed", nothing: undefined },
  probe: {
    well: "probe-succeeded",
    gone: "probe-failed",
    "gone-as-another": "probe-left",
    failed: "probe-failed",
    nothing: "probe-left",
  },
} as const satisfies Record<"usual" | "probe", Record<Verdict, BreakerEvent | undefined>>;
