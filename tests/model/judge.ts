import type { Got, Sent } from "./harness.ts";
import type { Exchange } from "./play.ts";
import { type Asked, age, dateOf, directives, type Entry, type Fields } from "./reading.ts";
import type { Reference } from "./reference.ts";

/** What an exchange breaks of the rules, by the model's knowledge; undefined where it is within them. */
export function complaint(exchange: Exchange, model: Reference): string | undefined {
  const { asked, own, got, mustUse, alone } = exchange;
  const serial = got.fields["x-serial"];
  const strange = own.find((sent) => !mayAskSo(sent, exchange, model));
  if (strange !== undefined) return "the origin was asked about what could not be meant (§4.3.1)";
  if (alone && mustUse && (own.length > 0 || serial === undefined)) return "a fresh stored response was not used (§4)";
  if (!["GET", "HEAD"].includes(asked.method) && own.length !== 1) return "an unsafe request is for the origin (§4)";

  const sent = own.find(({ deed }) => !("type" in deed) && deed.fields["x-serial"] === serial);
  if (serial === undefined) return isOwnAnswer(exchange) ? undefined : "an answer of nobody's";
  if (sent !== undefined && isPassedOn(sent, exchange)) {
    return directives(asked.fields).has("only-if-cached") && isSafe(asked.method)
      ? "the origin was asked although only what is stored would do (§5.2.1.7)"
      : undefined;
  }
  const candidates = [...exchange.validated, ...exchange.pool].filter((entry) => String(entry.serial) === serial);
  if (candidates.length === 0) return "what must not be stored, or no longer, was used (§3, §4.4)";
  const faults = candidates.map((entry) => faultOf(entry, exchange, model));
  return faults.includes(undefined) ? undefined : faults[0];
}

function isSafe(method: string): boolean {
  return ["GET", "HEAD"].includes(method);
}

/** Preconditions that reach the origin are the client's own or those of stored responses. */
function mayAskSo({ fields }: Sent, { asked, pool }: Exchange, model: Reference): boolean {
  const stored = pool.filter(({ key }) => key === asked.key);
  const tags = [asked.fields["if-none-match"], ...stored.map((entry) => entry.fields.etag)];
  const dates = model.selectable(pool, asked).map((entry) => entry.fields["last-modified"]);
  const { "if-none-match": named = "", "if-modified-since": since } = fields;
  if (!named.split(", ").every((tag) => tag === "" || tags.includes(tag))) return false;
  return since === undefined || [asked.fields["if-modified-since"], ...dates].includes(since);
}

/** An error of the cache's own: the origin failed, be it for one whom this client waited with, or only what is stored would do. */
function isOwnAnswer(exchange: Exchange): boolean {
  const { asked, own, got } = exchange;
  if (got.fields["content-type"] !== "application/problem+json") return false;
  if (isSafe(asked.method) && directives(asked.fields).has("only-if-cached"))
    return own.length === 0 && got.status === 504;
  return concerning(exchange).some(({ deed }) => {
    if (!("type" in deed)) return deed.cutAt !== undefined && got.status === 502;
    return got.status === (deed.type === "timeout" ? 504 : 502);
  });
}

/** The requests to the origin that an answer may rest on: the client's own, or those of others whom it waited with. */
function concerning({ own, all, alone }: Exchange): readonly Sent[] {
  return own.length > 0 || alone ? own : all;
}

/** Whether a client got what the origin answered to its own request: as it was, or the part of it that was asked for. */
function isPassedOn({ method, fields, deed, responseTime }: Sent, { asked, got }: Exchange): boolean {
  if ("type" in deed) return false;
  const { "if-none-match": tag, "if-modified-since": since } = asked.fields;
  if (deed.status === 304) return got.status === 304 && fields["if-none-match"] === tag && (tag ?? since) !== undefined;
  const isEmpty = method === "HEAD" || deed.status === 204;
  const isSame = Object.entries(deed.fields).every(([name, value]) => got.fields[name] === value);
  const { status } = deed;
  const content = { status, fields: dated(deed.fields, responseTime), body: isEmpty ? "" : deed.body };
  return isSame && isContentRight({ ...content, isCut: deed.cutAt !== undefined && !isEmpty }, asked, got);
}

/** Why a stored response may not have been the answer, or not so. */
function faultOf(entry: Entry, exchange: Exchange, model: Reference): string | undefined {
  const { asked, got, pool, validated, begun, ended } = exchange;
  const isValidated = validated.includes(entry);
  const selectable = model.selectable(pool, asked);
  if (!isValidated && !selectable.includes(entry)) return "what the request does not select was used (§4, §4.1)";
  const isOutdone = (by: Entry) => by.sure && dateOf(by) > dateOf(entry);
  if (!isValidated && exchange.alone && selectable.some(isOutdone)) return "a more recent response is stored (§4)";
  if (!isValidated && !mayServe(entry, exchange, model)) return "it is not fresh, and may not be used stale (§4.2.4)";
  if (![begun, ended].some((at) => String(age(entry, at)) === got.fields.age)) return "its age is wrong (§4.2.3)";
  const altered = ["cache-control", "etag", "last-modified", "expires", "vary", "x-secret", "x-serial"].find(
    (name) => entry.fields[name] !== got.fields[name],
  );
  if (altered !== undefined) return `its field ${altered} is not as stored (§3.2, §5.2.2.4, §5.2.2.7)`;
  if (!areCookiesAllowed(entry, exchange, model)) return "a cookie reached who it was not for";
  const content = { ...entry, fields: dated(entry.fields, entry.responseTime), isCut: !entry.keepable && got.broken };
  return isContentRight(content, asked, got) ? undefined : "its content is not as stored";
}

function mayServe(entry: Entry, exchange: Exchange, model: Reference): boolean {
  const { asked, begun, ended, alone } = exchange;
  if (model.mayUse(entry, asked, begun) || (!alone && model.mayUse(entry, asked, ended))) return true;
  if (directives(asked.fields).has("only-if-cached")) return false;
  return concerning(exchange).some(({ deed }) => {
    const failed = "type" in deed || deed.cutAt !== undefined;
    if (failed) return model.mayStandIn(entry, asked, begun, "no-answer");
    return [500, 502, 503, 504].includes(deed.status) && model.mayStandIn(entry, asked, begun, "error");
  });
}

function areCookiesAllowed(entry: Entry, { own, got, begun }: Exchange, model: Reference): boolean {
  const cookie = got.fields["set-cookie"];
  if (cookie === undefined) return true;
  // A validation's cookie is for who validated.
  const isOwn = own.some(({ deed }) => !("type" in deed) && deed.fields["set-cookie"] === cookie);
  return isOwn || (cookie === entry.fields["set-cookie"] && model.sharesCookies(entry, begun));
}

/** What has no Date is given the time when it came (RFC 9110 §6.6.1). */
function dated(fields: Fields, responseTime: number): Fields {
  return { date: new Date(responseTime * 1000).toUTCString(), ...fields };
}

/** A response as there could be something wrong with its content. */
type Content = { readonly status: number; readonly fields: Fields; readonly body: string; readonly isCut: boolean };

/** The whole, no content for HEAD, 304 where the client's own copy is current (§4.3.2), or the part that was asked for. */
function isContentRight({ status, fields, body, isCut }: Content, { method, fields: wants }: Asked, got: Got): boolean {
  const [first = 0, last = 0] = (wants.range ?? "").replace("bytes=", "").split("-").map(Number);
  const hasRange = wants.range !== undefined && status === 200 && method === "GET";
  if (got.broken || isCut) return got.broken && isCut && got.status === status && body.startsWith(got.bytes);
  switch (got.status) {
    case 304:
      return status === 200 && got.bytes === "" && isCurrent(fields, wants);
    case 206: {
      const to = Math.min(last, body.length - 1);
      const said = got.fields["content-range"] === `bytes ${first}-${to}/${body.length}`;
      return hasRange && said && got.bytes === body.slice(first, to + 1);
    }
    case 416:
      return hasRange && first >= body.length && got.bytes === "";
    default:
      return got.status === status && got.bytes === (method === "HEAD" ? "" : body);
  }
}

function isCurrent(stored: Fields, wants: Fields): boolean {
  const { "if-none-match": tag, "if-modified-since": since } = wants;
  if (tag !== undefined) return tag.replace("W/", "") === stored.etag?.replace("W/", "");
  const modified = stored["last-modified"] ?? stored.date ?? "";
  return since !== undefined && Date.parse(modified) <= Date.parse(since);
}
