import type { Purge } from "../../caching/purge.ts";
import type { Instant, Milliseconds } from "../../http/date.ts";

/** When something was last invalidated, by the wall clock of whoever did it, and by whom. */
export type Mark = { readonly at: Instant; readonly by: string };

/**
 * What everything of a namespace or of a group belongs to, since memcached cannot list it: what carries another one is gone. A new one
 * is drawn by lot, never counted up, so that one that memcached dropped does not come back.
 */
export type Generation = { readonly hard: string; readonly soft: string; readonly mark: Mark | undefined };

/** Clocks of two machines may differ by so much. */
const SKEW: Milliseconds = 1000;

/** One that nothing was invalidated by. */
export function newborn(): Generation {
  return { hard: lot(), soft: lot(), mark: undefined };
}

/** The one after a purge; a soft one leaves what there is, to be seen as stale. */
export function purged(before: Generation | undefined, how: Purge["how"], mark: Mark): Generation {
  return { hard: how === "soft" && before !== undefined ? before.hard : lot(), soft: lot(), mark };
}

export function writeGeneration({ hard, soft, mark }: Generation): Buffer {
  return Buffer.from(`${hard} ${soft}${mark === undefined ? "" : ` ${mark.at} ${mark.by}`}`);
}

/** @returns undefined where it is none of ours */
export function readGeneration(bytes: Buffer | undefined): Generation | undefined {
  const parts = /^([0-9a-f]{24}) ([0-9a-f]{24})(?: (\d+(?:\.\d+)?) (\S+))?$/.exec(bytes?.toString("latin1") ?? "");
  if (parts === null) return undefined;
  const [, hard = "", soft = "", at, by] = parts;
  return { hard, soft, mark: at === undefined || by === undefined ? undefined : { at: Number(at), by } };
}

/** What a response that is written now carries. */
export function carriedOf({ hard, soft }: Generation): string {
  return `${hard} ${soft}`;
}

/** What became of a response that carries this: it counts, it is to be seen as stale, or it is gone. */
export type Standing = "counts" | "softened" | "gone";

export function standing(carried: string | undefined, now: Generation | undefined): Standing {
  const [hard, soft] = carried?.split(" ") ?? [];
  if (now === undefined || hard !== now.hard) return "gone";
  return soft === now.soft ? "counts" : "softened";
}

/** What a response carries of something that it belongs to, and the generation which that has now. */
export type Belonging = readonly [carried: string | undefined, now: Generation | undefined];

/** The least of what several say; `at`: since when it is to be seen as stale, by the wall clock of whoever purged it. */
export type Verdict =
  | { readonly type: "counts" }
  | { readonly type: "gone" }
  | { readonly type: "softened"; readonly at: Instant };

export function verdict(belongings: readonly Belonging[]): Verdict {
  const standings = belongings.map(([carried, now]) => standing(carried, now));
  if (standings.includes("gone")) return { type: "gone" };
  const marks = belongings.filter((_, i) => standings[i] === "softened").map(([, now]) => now?.mark?.at ?? 0);
  return marks.length === 0 ? { type: "counts" } : { type: "softened", at: Math.min(...marks) };
}

/**
 * Whether a response may be from before an invalidation. What this process invalidated itself its fence knows exactly.
 * @param askedAt when it was asked for, by the wall clock
 */
export function precedes(askedAt: Instant, mark: Mark | undefined, self: string): boolean {
  return mark !== undefined && mark.by !== self && askedAt <= mark.at + SKEW;
}

/** 96 bits, so that no two are the same. */
export function lot(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("hex");
}
