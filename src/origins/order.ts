import type { Permission } from "./breaker.ts";

/** How an address stands as a request comes. */
export type Standing = {
  readonly permission: Permission;
  /** By its health checks. */
  readonly isIll: boolean;
};

/** Who may be the one that finds out whether an address answers again, where others are well. */
export type Probing =
  /** It could be sent to the next one after that. */
  | "may-probe"
  /** Only where nobody else is left. */
  | "rather-not";

/** Whom to ask, by the place in the order. */
export type Choice =
  | { readonly type: "ask"; readonly place: number; readonly as: "usual" | "probe" }
  | { readonly type: "nobody" };

/**
 * The first that is well. Where health checks find nobody well they may be what is wrong, so that then the first is asked all the same: of
 * that the breaker knows by requests.
 * @param tried those that this request was sent to
 */
export function choose(standings: readonly Standing[], tried: ReadonlySet<number>, probing: Probing): Choice {
  const left = standings.map((standing, place) => ({ ...standing, place })).filter(({ place }) => !tried.has(place));
  for (const group of [left.filter(({ isIll }) => !isIll), left.filter(({ isIll }) => isIll)]) {
    const allowed = group.filter(({ permission }) => permission !== "no");
    const [safest] = allowed.toSorted((one, other) => RISKS[one.permission] - RISKS[other.permission]);
    const found = probing === "may-probe" ? allowed[0] : safest;
    if (found === undefined) continue;
    return { type: "ask", place: found.place, as: found.permission === "probe" ? "probe" : "usual" };
  }
  return { type: "nobody" };
}

/** How likely it is that a request is in vain. */
const RISKS = { go: 0, doubtful: 1, probe: 2, no: 3 } as const satisfies Record<Permission, number>;
