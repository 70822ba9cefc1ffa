import type { Incoming } from "../http/exchange.ts";
import { asDetail, type Problem } from "../http/problem.ts";
import { json, type Operation } from "./admin.ts";
import { type AskedResource, type Refused, readResource } from "./asked-resource.ts";

/** Shows what is stored beside what the origin answers now, by names that stand for what was reached as the request was. */
export type CompareSource = (
  asked: AskedResource,
  incoming: Incoming,
) => Promise<
  | { readonly type: "compared"; readonly stored: object | null; readonly live: object }
  | { readonly type: "failed"; readonly problem: Problem }
  | Refused
>;

const TITLE = "Nothing to compare by that";

/** `POST …/compare` with a JSON object: what is stored for a URL, and what the origin answers now. Nothing is stored or changed. */
export function compareOperation(compare: CompareSource): Operation {
  return async (incoming) => {
    const asked = await readResource(incoming, TITLE);
    if ("type" in asked) return asked;
    const compared = await compare(asked, incoming);
    switch (compared.type) {
      case "compared":
        return json({ stored: compared.stored, live: compared.live });
      case "failed":
        return { type: "problem", problem: compared.problem };
      case "refused":
        return { type: "problem", problem: { status: 400, title: TITLE, detail: asDetail(compared.why) } };
    }
  };
}
