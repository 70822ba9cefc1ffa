import type { Reading, StoredResponse } from "../caching/stored.ts";

/** All of a stored response but its body, as it is written outside the process. What only a clock of this process understands is left out. */
export type Head = {
  readonly stored: Omit<StoredResponse, "headers" | "body" | "reading" | "sentAt">;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly reading: Omit<Reading, "arrivedAt">;
  readonly body: BodySeal;
};

/** What tells a body from any other: its size in bytes, and a hash of them. */
export type BodySeal = { readonly size: number; readonly hash: string };

/** Whether a value is what its writer would have written. */
type Shape = (value: unknown) => boolean;

/** Beyond it no Date is one. */
const LATEST = 8.64e15;

const flag: Shape = (value) => typeof value === "boolean";
const text: Shape = (value) => typeof value === "string";
/** What may stand in a field (RFC 9110 §5.5); DEL, which Bun takes, too. */
const fieldText: Shape = (value) => typeof value === "string" && /^[\t\x20-\xff]*$/.test(value);
const time: Shape = (value) => typeof value === "number" && Math.abs(value) <= LATEST;
const count: Shape = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const status: Shape = (value) => typeof value === "number" && count(value) && value >= 200 && value <= 599;

const oneOf =
  (...values: readonly unknown[]): Shape =>
  (value) =>
    values.includes(value);
const either =
  (...shapes: readonly Shape[]): Shape =>
  (value) =>
    shapes.some((shape) => shape(value));
const optional = (shape: Shape): Shape => either(oneOf(undefined), shape);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const pairOf =
  (first: Shape, second: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
/** Of what JSON made: no name of a member is one that all objects have. */
const object = (members: Readonly<Record<string, Shape>>): Shape => {
  const shapes = Object.entries(members);
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    for (const [name, shape] of shapes) if (!shape(Reflect.get(value, name))) return false;
    return true;
  };
};

const fields = either(flag, listOf(text));
const directives = object({
  ...{ maxAge: optional(count), sMaxage: optional(count) },
  ...{ staleWhileRevalidate: optional(count), staleIfError: optional(count) },
  ...{ noStore: flag, noCache: fields, private: fields, public: flag },
  ...{ mustRevalidate: flag, proxyRevalidate: flag, mustUnderstand: flag, immutable: flag },
  ruled: oneOf(undefined, true),
});
const reading = object({
  ...{ status, directives, expires: optional(either(oneOf("invalid"), time)), date: time },
  ...{ lastModified: optional(time), personal: flag, fleeting: flag },
  ...{ initialAge: time, requestTime: time, responseTime: time },
  ...{ etag: optional(fieldText), strongValidator: optional(fieldText), lastModifiedIsStrong: flag },
  contentRange: optional(object({ first: count, last: count, complete: count })),
  ...{ language: optional(fieldText), lifetime: object({ ms: time, source: text }) },
});

/**
 * Whether a head is made as ours are: its seal is no signature, and who may write to the store can seal what no decision is made for.
 * Each of its members is known here: whoever changes them counts the format up.
 */
export function isHead(value: unknown): value is Head {
  return head(value);
}

const head = object({
  stored: object({
    ...{ key: text, method: oneOf("GET", "HEAD", "QUERY"), publicOrigin: fieldText },
    ...{ selecting: listOf(pairOf(fieldText, either(oneOf(null), text))), groups: listOf(text) },
  }),
  ...{ headers: listOf(pairOf(fieldText, fieldText)), reading },
  body: object({ size: count, hash: text }),
});
