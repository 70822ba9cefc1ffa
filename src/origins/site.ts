import type { Milliseconds } from "../http/date.ts";
import type { Outgoing } from "../http/origin.ts";
import type { AddressFigures } from "../http/origin-health.ts";
import { shownOrigin } from "../http/unix-socket.ts";
import { Address, type AddressParts } from "./address.ts";
import { earned, FULL, spent } from "./budget.ts";
import { authorized } from "./credentials.ts";
import { at } from "./moved.ts";
import { type Choice, choose, type Probing } from "./order.ts";

/** What is said of one origin. */
export type SiteSetting = {
  /** With its base path. */
  readonly origin: URL;
  /** Where the same is to be had, in their order. */
  readonly failover: readonly URL[];
  /** The field value by which it knows us: a secret. */
  readonly authorization: string | undefined;
  /** The path that tells whether it is well, below the base path; begins with a slash. */
  readonly check: string | undefined;
};

/** An origin: one site, at one address or at several. */
export class Site {
  readonly #setting: SiteSetting;
  readonly addresses: readonly Address[];
  #budget = FULL;

  constructor(setting: SiteSetting, parts: AddressParts) {
    this.#setting = setting;
    this.addresses = [setting.origin, ...setting.failover].map((url) => new Address(url, parts));
  }

  get origin(): URL {
    return this.#setting.origin;
  }

  /** Whom to send a request for that path to now. */
  choose(path: string, tried: ReadonlySet<number>, probing: Probing): Choice {
    return choose(
      this.addresses.map((address) => address.standing(path)),
      tried,
      // Where checks find out whether an address is well no client has to.
      this.#setting.check === undefined ? probing : "rather-not",
    );
  }

  /** How long it takes until one of the addresses is asked again, at least. */
  get rest(): Milliseconds {
    return Math.min(...this.addresses.map(({ rest }) => rest));
  }

  /** A request has come, which makes room for retries. */
  earn(): void {
    this.#budget = earned(this.#budget);
  }

  /** Takes what a retry costs; false where nothing is left for it. */
  spend(): boolean {
    const left = spent(this.#budget);
    if (left === undefined) return false;
    this.#budget = left;
    return true;
  }

  /** The fields of a request there with what tells the origin who we are. */
  authorized(outgoing: Pick<Outgoing, "method" | "headers">): Headers {
    return authorized(outgoing, this.#setting.authorization);
  }

  /** What health checks ask for at an address; undefined where there are none. */
  checked({ url }: Address): URL | undefined {
    const { check } = this.#setting;
    return check === undefined ? undefined : at(url, check);
  }

  figures(): readonly AddressFigures[] {
    return this.addresses.map((address) => address.figures(shownOrigin(this.origin)));
  }
}
