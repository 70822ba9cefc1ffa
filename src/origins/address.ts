import type { Instant, Milliseconds } from "../http/date.ts";
import type { AddressFigures } from "../http/origin-health.ts";
import { shownOrigin } from "../http/unix-socket.ts";
import { afterEvent, type Breaker, type BreakerEvent, type BreakerRules, CLOSED, permission } from "./breaker.ts";
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

  constructor(url: URL, parts: AddressParts) {
    this.url = url;
    this.#parts = parts;
    this.#since = parts.clock();
  }

  get standing(): Standing {
    return { permission: permission(this.#breaker, this.#parts.steady()), isIll: isIll(this.#checked) };
  }

  /** How long it is left alone from now on at least. */
  get rest(): Milliseconds {
    return this.#breaker.type === "open" ? Math.max(0, this.#breaker.until - this.#parts.steady()) : 0;
  }

  /** A request goes there. */
  sends(as: "usual" | "probe", time: "first" | "again"): void {
    this.#asked++;
    if (time === "again") this.#repeated++;
    if (as === "probe") this.#see("probe-sent");
  }

  /** What became of one that was sent so. */
  learns(as: "usual" | "probe", verdict: Verdict): void {
    if (verdict === "failed") this.#failed++;
    const event = EVENTS[as][verdict];
    if (event !== undefined) this.#see(event);
  }

  /** What a health check has found. */
  isChecked(result: "passed" | "failed"): void {
    const was = this.#state;
    this.#checked = afterCheck(this.#checked, result);
    if (result === "passed") this.#see("check-passed");
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

  #see(event: BreakerEvent): void {
    const { rules, steady } = this.#parts;
    if (rules === undefined) return;
    const was = this.#state;
    this.#breaker = afterEvent(this.#breaker, event, steady(), rules);
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
      this.#parts.tell(`The origin at ${name} failed several times in a row: it is left alone for a while.`);
  }
}

const EVENTS = {
  usual: { well: "succeeded", failed: "failed", nothing: undefined },
  probe: { well: "probe-succeeded", failed: "probe-failed", nothing: "probe-left" },
} as const satisfies Record<"usual" | "probe", Record<Verdict, BreakerEvent | undefined>>;
