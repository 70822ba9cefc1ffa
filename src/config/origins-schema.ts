import * as v from "valibot";
import { parseOrigin } from "./origin.ts";
import { parseCheck, type WrittenOriginSetting } from "./origins.ts";
import { list, read, shape } from "./schema.ts";

const url = read("the URL of an origin", parseOrigin);

const setting = shape({
  failover: v.optional(list(url, "URLs"), []),
  check: v.optional(read("a path", parseCheck)),
  auth: v.optional(v.string("is not a text")),
});

/** What a config file says of origins, by their URLs. */
export const origins = v.pipe(
  v.record(v.string(), setting, "is not an object of origins by their URLs"),
  v.rawTransform<Record<string, v.InferOutput<typeof setting>>, readonly WrittenOriginSetting[]>(
    ({ dataset, addIssue, NEVER }) => {
      const all: WrittenOriginSetting[] = [];
      for (const [name, { failover, check, auth }] of Object.entries(dataset.value)) {
        const origin = parseOrigin(name);
        if (!origin.ok) {
          addIssue({ message: `has a name that ${origin.message}` });
          return NEVER;
        }
        if (all.some((one) => one.origin.href === origin.value.href)) {
          addIssue({ message: `has ${origin.value.href} twice` });
          return NEVER;
        }
        all.push({ origin: origin.value, failover, check, auth });
      }
      return all;
    },
  ),
);
