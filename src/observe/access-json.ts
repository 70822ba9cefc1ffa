import { type CacheStatus, formatCacheStatus, withMaskedKey } from "../http/cache-status.ts";
import type { Instant } from "../http/date.ts";
import type { Mask } from "../http/masked.ts";
import { rememberedWith } from "../http/remembered.ts";
import { traceIdOf } from "../http/trace-context.ts";
import { milliseconds, quoted } from "./access-text.ts";
import type { ExchangeRecord } from "./record.ts";
import { factsOf, whyOf } from "./shown-exchange.ts";

/**
 * Makes lines of the access log for a program, each a JSON object. They are put together from texts that are JSON already: to print an
 * object takes twice as long. What the hits on a URL have in common is printed once for all that follow each other.
 * @param worker 0 where the process is alone
 */
export function jsonLines(worker: number, mask: Mask): (record: ExchangeRecord) => string {
  const whose = worker === 0 ? "" : `,"worker":${worker}`;
  const targetOf = rememberedWith((url: URL) => targetText(url, mask));
  const last = new WeakMap<URL, Said>();

  function textsOf(record: ExchangeRecord): Texts {
    const { url, cacheStatus, originMs } = record;
    if (cacheStatus?.type !== "hit" || originMs !== undefined) return texts(record);
    const known = last.get(url);
    if (known !== undefined && says(known, record, cacheStatus)) return known;
    const { method, status, outcome, bytes, lane } = record;
    const said = { ...texts(record), method, status, outcome, bytes, lane, cacheStatus };
    last.set(url, said);
    return said;
  }

  function texts({ method, url, status, outcome, cacheStatus, originMs, bytes, lane }: ExchangeRecord): Texts {
    // A length that the origin states may be no number.
    const size = bytes === undefined || !Number.isFinite(bytes) ? "" : `,"bytes":${bytes}`;
    // Joined, since a template's text is a tree of its parts, through which each line would go again.
    return {
      asked: [whose, ',"method":', quoted(method), ",", targetOf(url), ',"client":'].join(""),
      ended: [',"status":', status, ',"outcome":"', outcome, '","durationMs":'].join(""),
      decided: [
        originMs === undefined ? "" : `,"originMs":${milliseconds(originMs)}`,
        size,
        lane === undefined ? "" : `,"lane":"${lane}"`,
        cacheStatus === undefined ? "" : printed(withMaskedKey(cacheStatus, mask)),
      ].join(""),
    };
  }

  return (record) => {
    const { asked, ended, decided } = textsOf(record);
    return `${begun(record.at)}${asked}${clientText(record.client())}${ended}${milliseconds(record.durationMs)}${decided}${askerOf(record.headers, mask)}`;
  };
}

/** A line but for its times, the client and what that says of itself. */
type Texts = { readonly asked: string; readonly ended: string; readonly decided: string };

type Hit = Extract<CacheStatus, { type: "hit" }>;

/** The texts of a hit, and all that they were made of but the URL. */
type Said = Texts &
  Pick<ExchangeRecord, "method" | "status" | "outcome" | "bytes" | "lane"> & { readonly cacheStatus: Hit };

function says(known: Said, record: ExchangeRecord, hit: Hit): boolean {
  const { method, status, outcome, bytes, lane, cacheStatus } = known;
  if (record.status !== status || record.outcome !== outcome || record.bytes !== bytes) return false;
  if (record.method !== method || record.lane !== lane) return false;
  if (hit === cacheStatus) return true;
  const { key, ttl, detail, tier } = cacheStatus;
  return hit.ttl === ttl && hit.detail === detail && hit.tier === tier && hit.key === key;
}

/** The text of the last one of something that often comes several times in a row. */
function lastOne<K extends string | number>(make: (of: K) => string): (of: K) => string {
  let last: K | undefined;
  let text = "";
  return (of) => {
    if (of !== last) {
      text = make(of);
      last = of;
    }
    return text;
  };
}

const clientText = lastOne<string>(quoted);

/** `{"time":"2026-01-02T03:04:05.678Z"` */
const begun = lastOne((at: Instant) => `{"time":"${new Date(at).toISOString()}"`);

/** Path and query as the client asked, and the scheme and authority by which it did. */
function targetText(url: URL, mask: Mask): string {
  return `"path":${quoted(mask(url.pathname + url.search))},"publicOrigin":${quoted(url.origin)}`;
}

function printed(cacheStatus: CacheStatus): string {
  const { fwd, ttl, stored, collapsed, tier, key } = factsOf(cacheStatus);
  const why = whyOf(cacheStatus);
  return [
    fwd === undefined ? "" : `,"fwd":"${fwd}"`,
    why === undefined ? "" : `,"why":${quoted(why)}`,
    ttl === undefined ? "" : `,"ttl":${ttl}`,
    stored === undefined ? "" : `,"stored":${stored}`,
    collapsed === undefined ? "" : `,"collapsed":true`,
    tier === undefined ? "" : `,"tier":${quoted(tier)}`,
    key === undefined ? "" : `,"key":${quoted(key)}`,
    `,"cacheStatus":${quoted(formatCacheStatus(cacheStatus))}`,
  ].join("");
}

/** What a request says of who sends it, and the line's end. */
function askerOf(headers: Headers, mask: Mask): string {
  const agent = headers.get("user-agent");
  const referer = headers.get("referer");
  const traceparent = headers.get("traceparent");
  if (agent === null && referer === null && traceparent === null) return "}\n";
  const trace = traceparent === null ? undefined : traceIdOf(traceparent);
  return `${agent === null ? "" : `,"userAgent":${quoted(agent)}`}${referer === null ? "" : `,"referer":${quoted(mask(referer))}`}${trace === undefined ? "" : `,"traceId":"${trace}"`}}\n`;
}
