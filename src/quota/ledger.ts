import type { Instant } from "../http/date.ts";
import { type Quota, type QuotaFigures, strictestOf } from "../http/quota.ts";
import { LastFew } from "../store/last-few.ts";
import type { Lesson } from "./lesson.ts";
import { isInForce, type Refusal, type Standing } from "./verdict.ts";

/** Whom the origin counts a request for, and where it goes. */
export type Party = { readonly client: string; readonly path: string };

type Known = { readonly quotas: readonly Quota[]; readonly refusedUntil: Instant; readonly lastDeparture: Instant };

/** How many clients are remembered, and how many paths that are overloaded for them. */
const REMEMBERED = 1000;
/** How many policies of one client's are. */
const MOST_POLICIES = 8;

/** What an origin has said of its quotas, to whom. A 429 is about a client, wherever it asks; a 503 is about what it asked for. */
export class Ledger {
  readonly #clients = new LastFew<string, Known>(REMEMBERED);
  readonly #overloads = new LastFew<string, Instant>(REMEMBERED);
  #delayed = 0;

  /** Whether the origin has never said anything that matters here. */
  get isEmpty(): boolean {
    return this.#clients.size === 0 && this.#overloads.size === 0;
  }

  /** What is known for a request. */
  standing({ client, path }: Party, now: Instant): Standing {
    const known = this.#clients.get(client);
    const refused: Refusal = { why: "refused", until: known?.refusedUntil ?? 0 };
    const overloaded: Refusal = { why: "overloaded", until: this.#overloads.get(`${client} ${path}`) ?? 0 };
    const refusal = [refused, overloaded].find((one) => isInForce(one, now));
    return { refusal, quotas: known?.quotas ?? [], lastDeparture: known?.lastDeparture };
  }

  /** Notes that a request goes, or will at that time, and so that one less is left. */
  departs({ client }: Party, at: Instant): void {
    const known = this.#clients.get(client);
    if (known === undefined) return;
    const quotas = known.quotas.map((quota) => ({ ...quota, remaining: Math.max(0, quota.remaining - 1) }));
    this.#clients.set(client, { ...known, quotas, lastDeparture: Math.max(known.lastDeparture, at) });
  }

  /** Notes that a request waits for its turn. */
  delays(party: Party, until: Instant): void {
    this.#delayed++;
    this.departs(party, until);
  }

  /** Takes note of what the origin answered. */
  learn({ client, path }: Party, { quotas, refusal, sentAt }: Lesson, now: Instant): void {
    if (refusal?.why === "overloaded") this.#overloads.set(`${client} ${path}`, refusal.until);
    const refused = refusal?.why === "refused" ? refusal.until : undefined;
    if (quotas.length === 0 && refused === undefined) return;
    const known = this.#clients.get(client) ?? { quotas: [], refusedUntil: 0, lastDeparture: sentAt };
    const others = known.quotas.filter(
      ({ policy, resetsAt = 0 }) => resetsAt > now && !quotas.some((quota) => quota.policy === policy),
    );
    this.#clients.set(client, {
      quotas: [...quotas, ...others].slice(0, MOST_POLICIES),
      refusedUntil: refused ?? known.refusedUntil,
      lastDeparture: Math.max(known.lastDeparture, sentAt),
    });
  }

  /** The strictest of what is known of all clients. */
  figures(now: Instant): QuotaFigures {
    const clients = [...this.#clients.values()];
    const current = clients.flatMap(({ quotas }) => quotas.filter(({ resetsAt = now + 1 }) => resetsAt > now));
    const strictest = strictestOf(current);
    const refusals = [...clients.map(({ refusedUntil }) => refusedUntil), ...this.#overloads.values()].filter((until) =>
      isInForce({ until }, now),
    );
    return {
      ...(strictest && { strictest }),
      ...(refusals.length > 0 && { refusedUntil: Math.max(...refusals) }),
      delayed: this.#delayed,
    };
  }
}
