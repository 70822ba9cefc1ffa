import { type CacheStatus, formatCacheStatus, withMaskedKey } from "../http/cache-status.ts";
import type { Seconds } from "../http/delta-seconds.ts";
import type { Mask } from "../http/masked.ts";
import { REMEMBERED_URLS, rememberedTexts, rememberedWith } from "../http/remembered.ts";
import { traceIdOf } from "../http/trace-context.ts";
import { eachSecond, milliseconds, quoted } from "./access-text.ts";
import type { ExchangeRecord } from "./record.ts";
import { factsOf, whyOf } from "./shown-exchange.ts";

/**
 * Makes lines of the access log for a program, each a JSON object. They are put together from texts that are JSON already: to print an
 * object takes twice as long.
 * @param worker 0 where the process is alone
 */
export function jsonLines(worker: number, mask: Mask): (record: ExchangeRecord) => string {
  const whose = worker === 0 ? "" : `,"worker":${worker}`;
  const targetOf = rememberedWith((url: URL) => targetText(url, mask));
  const decisionOf = decisions(mask);
  return (record) => {
    const { at, method, url, headers, status, outcome, cacheStatus, durationMs, originMs, bytes, lane } = record;
    const origin = originMs === undefined ? "" : `,"originMs":${milliseconds(originMs)}`;
    // A length that the origin states may be no number.
    const size = bytes === undefined || !Number.isFinite(bytes) ? "" : `,"bytes":${bytes}`;
    const inLane = lane === undefined ? "" : `,"lane":"${lane}"`;
    const decision = cacheStatus === undefined ? "" : decisionOf(cacheStatus);
    return `{"time":"${secondOf(at)}${thousandthOf(at)}Z"${whose},"method":${quoted(method)},${targetOf(url)},"client":${quoted(record.client())},"status":${status},"outcome":"${outcome}","durationMs":${milliseconds(durationMs)}${origin}${size}${inLane}${decision}${askerOf(headers, mask)}}\n`;
  };
}

/** `2026-01-02T03:04:05.` */
const secondOf = eachSecond((at) => new Date(at).toISOString().slice(0, 20));

function thousandthOf(at: number): string {
  const thousandth = Math.floor(at) % 1000;
  return thousandth > 99 ? String(thousandth) : thousandth > 9 ? `0${thousandth}` : `00${thousandth}`;
}

/** Path and query as the client asked, and the scheme and authority by which it did. */
function targetText(url: URL, mask: Mask): string {
  return `"path":${quoted(mask(url.pathname + url.search))},"publicOrigin":${quoted(url.origin)}`;
}

type Hit = Extract<CacheStatus, { type: "hit" }>;

/** What was printed of the last hit on a key: what is asked for often is asked for many times a second. */
type PrintedHit = { text: string; ttl: Seconds | undefined; detail: Hit["detail"]; tier: Hit["tier"] };

function decisions(mask: Mask): (cacheStatus: CacheStatus) => string {
  const lastHitOn = rememberedTexts(
    REMEMBERED_URLS,
    (_key: string): PrintedHit => ({ text: "", ttl: 0, detail: undefined, tier: undefined }),
  );
  return (cacheStatus) => {
    if (cacheStatus.type !== "hit") return printed(withMaskedKey(cacheStatus, mask));
    const { key, ttl, detail, tier } = cacheStatus;
    const last = lastHitOn(key);
    if (last.text !== "" && last.ttl === ttl && last.detail === detail && last.tier === tier) return last.text;
    last.text = printed(withMaskedKey(cacheStatus, mask));
    last.ttl = ttl;
    last.detail = detail;
    last.tier = tier;
    return last.text;
  };
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

/** What a request says of who sends it. */
function askerOf(headers: Headers, mask: Mask): string {
  const agent = headers.get("user-agent");
  const referer = headers.get("referer");
  const traceparent = headers.get("traceparent");
  const trace = traceparent === null ? undefined : traceIdOf(traceparent);
  return `${agent === null ? "" : `,"userAgent":${quoted(agent)}`}${referer === null ? "" : `,"referer":${quoted(mask(referer))}`}${trace === undefined ? "" : `,"traceId":"${trace}"`}`;
}
