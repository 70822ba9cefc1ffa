import type { HarExchange } from "../har/exchange.ts";
import { passedFields } from "../har/passed-fields.ts";
import { hasHidden } from "../har/stored-entry.ts";
import type { Instant } from "../http/date.ts";
import { isRecordable, unfit } from "../recording/recordable.ts";
import type { Taken } from "../recording/taken.ts";

/** Why no fixture is made of an archive's exchange. */
export type Unfit = "method" | "head" | "partial" | "error" | "hidden" | "no-posted" | "too-large";

/** What a recording leaves as well. */
const LARGEST = 32 * 1024 * 1024;

/**
 * An exchange of an archive as one that took place here.
 * @param target its path and query below the origin
 * @param now where the archive does not say when it was
 */
export function takenExchange(
  { request, response, times, ours }: HarExchange,
  target: string,
  { errors, latency }: { readonly errors: "record" | "leave"; readonly latency: "record" | "leave" },
  now: Instant,
): Taken | Unfit {
  if (!isRecordable(request.method)) return "method";
  if (request.method === "HEAD") return "head";
  const why = unfit(response.status, errors);
  if (why !== undefined) return why;
  if (hasHidden({ request, response })) return "hidden";
  if (request.content === "missing") return "no-posted";
  if (response.content.length > LARGEST) return "too-large";
  return {
    request: {
      method: request.method,
      // A path may begin with what is an authority elsewhere: it is no reference.
      url: new URL(`http://localhost${target}`),
      headers: passedFields(request.fields),
      content: request.content,
    },
    response: {
      status: response.status,
      headers: passedFields(response.fields),
      arrivals: arrivalsOf(response.content, ours.arrivals),
    },
    at: times?.came ?? now,
    ...(latency === "record" && times !== undefined && took(times)),
  };
}

/** Nothing takes no time at all: it is what programs write who do not know. */
function took({ asked, came }: NonNullable<HarExchange["times"]>): Pick<Taken, "latency"> {
  return came > asked ? { latency: came - asked } : {};
}

function arrivalsOf(
  content: Uint8Array<ArrayBuffer>,
  arrivals: HarExchange["ours"]["arrivals"],
): Taken["response"]["arrivals"] {
  let from = 0;
  return (arrivals ?? [{ at: 0, size: content.length }]).map(({ at, size }) => {
    const bytes = content.subarray(from, from + size);
    from += size;
    return { at, bytes };
  });
}
