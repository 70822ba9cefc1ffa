import type { Milliseconds } from "../http/date.ts";
import type { Incoming } from "../http/exchange.ts";
import { asDetail } from "../http/problem.ts";
import { json, type Operation } from "./admin.ts";
import { type AskedResource, type Refused, readResource } from "./asked-resource.ts";

/** What became of one stored response. */
type RefreshedOne = {
  readonly status: number;
  readonly outcome: string;
  readonly cacheStatus: string;
  readonly ms: Milliseconds;
  readonly failure?: { readonly title: string; readonly detail: string };
};

/** Asks the origin anew for what is named, by names that stand for what was reached as the request was. */
export type RefreshSource = (
  asked: AskedResource,
  incoming: Incoming,
) => Promise<
  { readonly refreshed: readonly RefreshedOne[]; readonly left: number; readonly complete: boolean } | Refused
>;

const TITLE = "Nothing to refresh by that";

/** `POST …/refresh` with a JSON object: has the origin asked anew for what is stored for a URL. */
export function refreshOperation(refresh: RefreshSource): Operation {
  return async (incoming) => {
    const asked = await readResource(incoming, TITLE);
    if ("type" in asked) return asked;
    const done = await refresh(asked, incoming);
    if ("type" in done) return { type: "problem", problem: { status: 400, title: TITLE, detail: asDetail(done.why) } };
    const { refreshed, left, complete } = done;
    const failed = refreshed.find(({ failure }) => failure !== undefined);
    // Whoever asked is to hear of what went wrong, whatever else went well.
    if (failed?.failure !== undefined) {
      return { type: "problem", problem: { status: failed.status, ...failed.failure } };
    }
    const [first] = refreshed;
    if (first !== undefined) {
      const { status, outcome, cacheStatus } = worst(refreshed) ?? first;
      const ms = Math.max(...refreshed.map((one) => one.ms));
      return json({ status, outcome, cacheStatus, ms, refreshed, left, complete });
    }
    return { type: "problem", problem: left > 0 ? CREDENTIALS : UNDER_WAY };
  };
}

/** The one that a person wants to hear of. */
function worst<One extends RefreshedOne>(refreshed: readonly One[]): One | undefined {
  return refreshed.toSorted((a, b) => b.status - a.status)[0];
}

const CREDENTIALS = {
  status: 409,
  title: "Credentials needed",
  detail:
    'All that is stored for it was asked for with credentials, which are not used again. Send some in "headers", or purge it.',
};

const UNDER_WAY = {
  status: 504,
  title: "Still under way",
  detail: "Another worker still waits for the origin; what it holds is refreshed once that has answered.",
};
