/** What is left for retries: each of them takes 1, and each request brings a tenth. */
export type Budget = { readonly left: number };

/** Enough that a proxy with few requests can retry at all; more is not saved up, so that a tenth of those lately is what counts. */
export const MOST = 10;
const SHARE = 0.1;

export const FULL: Budget = { left: MOST };

/** After one more request. */
export function earned({ left }: Budget): Budget {
  return { left: Math.min(MOST, left + SHARE) };
}

/** After one more retry; undefined where there is nothing left for it. */
export function spent({ left }: Budget): Budget | undefined {
  return left >= 1 ? { left: left - 1 } : undefined;
}
