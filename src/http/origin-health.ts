import type { Instant } from "./date.ts";

/** How an address stands, from the best on: it is asked, one request finds out whether it answers again, it is left alone, its health checks fail. */
export const HEALTH_STATES = ["well", "half-open", "open", "ill"] as const;

/** What is known of one address of an origin, for whoever watches. Several processes add up. */
export type AddressFigures = {
  /** The origin by its name, as people write it; the first address of each is that itself. */
  readonly origin: string;
  readonly address: string;
  readonly state: (typeof HEALTH_STATES)[number];
  readonly since: Instant;
  /** Requests that were sent there, since the start. */
  readonly asked: number;
  /** Those of them that were not answered, or by 502, 503 or 504. */
  readonly failed: number;
  /** Those that came there after they had failed before, there or elsewhere. */
  readonly repeated: number;
};

/** What several processes know, as one: the worst state that one of them sees counts. Undefined where none looks. */
export function joinedHealth(
  all: readonly (readonly AddressFigures[] | undefined)[],
): readonly AddressFigures[] | undefined {
  const known = all.filter((figures) => figures !== undefined);
  if (known.length === 0) return undefined;
  const byAddress = Map.groupBy(known.flat(), ({ origin, address }) => `${origin} ${address}`);
  return [...byAddress.values()].flatMap((figures) => {
    const [first, ...others] = figures;
    return first === undefined ? [] : [others.reduce(joinedTwo, first)];
  });
}

function joinedTwo(a: AddressFigures, b: AddressFigures): AddressFigures {
  const [worse] = [a, b].sort((one, other) => badness(other) - badness(one) || one.since - other.since);
  return {
    ...a,
    ...(worse && { state: worse.state, since: worse.since }),
    asked: a.asked + b.asked,
    failed: a.failed + b.failed,
    repeated: a.repeated + b.repeated,
  };
}

function badness({ state }: AddressFigures): number {
  return HEALTH_STATES.indexOf(state);
}
