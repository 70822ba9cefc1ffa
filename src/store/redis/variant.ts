import type { CacheKey } from "../../caching/key.ts";
import type { Clock } from "../../caching/moment.ts";
import type { Policy } from "../../caching/policy.ts";
import { type ReadHead, readHead } from "../portable.ts";

/** A variant as it lies in Redis: its id, and a value as script.ts describes it. */
export type Variant = {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  /** A later one was put later. */
  readonly order: number;
  /** When it was asked for: in µs by Redis' clock, and in ms on that of the process that asked. */
  readonly asked: number;
  readonly asker: string;
  readonly sentAt: number;
  readonly head: string;
};

/** Those of a key, when they were read in µs by Redis' clock, and those of them that no purge has let go of and nothing is missing of. */
export type Seen = { readonly time: number; readonly ids: readonly string[]; readonly counting: readonly Variant[] };

/** What a variant's value is read by. */
export type Reader = { readonly clock: Clock; readonly policy: Policy };

/** @param reply of the script READ */
export function seen(reply: unknown): Seen {
  const [time, ...rest] = textsOf(reply);
  const ids: string[] = [];
  const counting: Variant[] = [];
  for (const [id, counts, value] of triples(rest)) {
    ids.push(id);
    const variant = counts === "1" ? parseVariant(id, value) : undefined;
    if (variant !== undefined) counting.push(variant);
  }
  return { time: Number(time), ids, counting: counting.sort((a, b) => b.order - a.order) };
}

/** @returns undefined where it is not written as we do */
export function parseVariant(id: string, value: string): Variant | undefined {
  const lines = /^(\d+) \d+ (-?\d+) (\S+) (\S+) \S+\n([^\n]*)\n/.exec(value);
  if (lines === null) return undefined;
  const [before, order, asked, asker = "", sentAt, key = ""] = lines;
  return {
    ...{ id, key, value, asker },
    ...{ order: Number(order), asked: Number(asked), sentAt: Number(sentAt) },
    head: value.slice(before.length),
  };
}

/** The head of a variant; undefined where it is torn or belongs elsewhere. */
export function headOf({ head }: Variant, key: CacheKey, { clock, policy }: Reader): ReadHead | undefined {
  return readHead(head, key, clock(), policy);
}

/** The value with another head. */
export function withHead({ value, head }: Variant, text: string): string {
  return value.slice(0, value.length - head.length) + text;
}

/** A reply that is a list of texts. */
export function textsOf(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}

/** A reply that is a list of numbers, 0 where one is missing. */
export function numbersOf(reply: unknown): readonly [number, number] {
  const [first = 0, second = 0] = Array.isArray(reply) ? reply.map(Number) : [];
  return [first, second];
}

/** Texts three at a time. */
export function triples(texts: readonly string[]): (readonly [string, string, string])[] {
  const out: (readonly [string, string, string])[] = [];
  for (let i = 0; i + 2 < texts.length; i += 3) out.push([texts[i] ?? "", texts[i + 1] ?? "", texts[i + 2] ?? ""]);
  return out;
}
