import * as v from "valibot";
import type { Values } from "../rules/rule.ts";
import { type Parsed, refuse } from "./parsed.ts";
import { list, read, shape, word } from "./schema.ts";
import { parseSize } from "./units.ts";

type KeyBody = Values["key.body"];

/** Each content is held in memory until its request is answered, and nothing else is done while it is read. */
const LARGEST = 4 * 1024 ** 2;
const USUAL = 64 * 1024;

const maxSize = read("a size", (text): Parsed<number> => {
  const size = parseSize(text);
  return size.ok && size.value > LARGEST ? refuse("is too large: write 4mb or less") : size;
});
const name = v.pipe(v.string("is not a text"), v.minLength(1, "names nothing"));
const whole = v.pipe(
  shape({
    type: v.optional(word("json", "graphql", "form")),
    ignore: v.optional(list(name, "pointers and names"), []),
    maxSize: v.optional(maxSize),
  }),
  v.transform(({ type, ignore, maxSize }): KeyBody => ({ type: type ?? "any", ignore, maxSize: maxSize ?? USUAL })),
);
const byType = v.pipe(
  v.picklist(
    ["json", "graphql", "form"],
    "is not allowed: write true, json, graphql, form, or an object with type, ignore and maxSize",
  ),
  v.transform((type): KeyBody => ({ type, ignore: [], maxSize: USUAL })),
);
const byContentType = v.pipe(
  v.literal(true),
  v.transform((): KeyBody => ({ type: "any", ignore: [], maxSize: USUAL })),
);

/** How a content is part of a key, as a person writes it. */
export const keyBody = v.lazy((value): v.GenericSchema<unknown, KeyBody> => {
  if (typeof value === "object" && value !== null) return whole;
  return value === true ? byContentType : byType;
});
