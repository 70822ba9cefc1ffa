import fc from "fast-check";

/** Text that is dense in what field parsers look at. */
const dense = fc
  .array(
    fc.constantFrom(
      ...'"\\,;=- \t*/0159',
      ..."aZ",
      "max-age",
      "s-maxage",
      "private",
      "no-cache",
      "no-store",
      "max-stale",
      "bytes=",
      "W/",
      "gzip",
      "q=0.5",
      "GMT",
      "Sun, 06 Nov 1994 08:49:37 ",
      "é",
      "\u00a0",
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(""));

/** Any text, and much of the kind that stands in fields. */
export const fieldText = fc.oneof(dense, fc.string({ unit: "binary" }));

/** Field values that `Headers` takes. */
export const fieldValue = dense;
