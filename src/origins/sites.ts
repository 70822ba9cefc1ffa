import type { AddressFigures } from "../http/origin-health.ts";
import type { AddressParts } from "./address.ts";
import { USUAL_RULES } from "./breaker.ts";
import { below } from "./moved.ts";
import { Site, type SiteSetting } from "./site.ts";

/** A URL at an origin: whose it is, and what stands behind its base path. */
export type Placed = { readonly site: Site; readonly rest: string };

/** All origins: those of which something is said, and the others as they are asked. */
export class Sites {
  /** For those of which nothing is said. */
  readonly #parts: AddressParts;
  /** Those of which something is said. */
  readonly said: readonly Site[];
  readonly #deepest: readonly Site[];
  /** By scheme and authority: those that rules name are few. */
  readonly #others = new Map<string, Site>();

  constructor(settings: readonly SiteSetting[], parts: AddressParts) {
    this.#parts = parts;
    this.said = settings.map((setting) => new Site(setting, watchedIf(setting, parts)));
    // Of two with one host the one with the longer path has said more of what lies below it.
    this.#deepest = this.said.toSorted((a, b) => b.origin.pathname.length - a.origin.pathname.length);
  }

  of(url: URL): Placed {
    for (const site of this.#deepest) {
      const rest = below(site.origin, url);
      if (rest !== undefined) return { site, rest };
    }
    const known = this.#others.get(url.origin);
    const site = known ?? this.#other(url.origin);
    return { site, rest: url.href.slice(url.origin.length) };
  }

  figures(): readonly AddressFigures[] {
    return [...this.said, ...this.#others.values()].flatMap((site) => site.figures());
  }

  #other(origin: string): Site {
    const nothing = { failover: [], authorization: undefined, check: undefined };
    const site = new Site({ origin: new URL(origin), ...nothing }, this.#parts);
    this.#others.set(origin, site);
    return site;
  }
}

/** Who has somebody else to go to, or says how to find out whether it is well, is left alone while it is not. */
function watchedIf({ failover, check }: SiteSetting, parts: AddressParts): AddressParts {
  return failover.length > 0 || check !== undefined ? { ...parts, rules: USUAL_RULES } : parts;
}
