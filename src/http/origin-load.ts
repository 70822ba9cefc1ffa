/** How busy the origin is with requests of ours, for whoever watches. Several processes add up. */
export type OriginLoad = {
  /** The most requests that may be under way at once to one origin. */
  readonly most: number;
  /** Requests that are under way: sent, and not read to the end. */
  readonly underWay: number;
  /** Requests that wait for one of those to end. */
  readonly waiting: number;
  /** Requests that had to wait, since the start. */
  readonly delayed: number;
  /** Requests that were not sent, since the start: too many waited already, or they had waited too long. */
  readonly shed: number;
};

/** What several processes know, as one; undefined where none counts. */
export function joinedLoad(all: readonly (OriginLoad | undefined)[]): OriginLoad | undefined {
  const known = all.filter((load) => load !== undefined);
  if (known.length === 0) return undefined;
  const sum = (of: (load: OriginLoad) => number): number => known.reduce((total, load) => total + of(load), 0);
  return {
    most: sum(({ most }) => most),
    underWay: sum(({ underWay }) => underWay),
    waiting: sum(({ waiting }) => waiting),
    delayed: sum(({ delayed }) => delayed),
    shed: sum(({ shed }) => shed),
  };
}
