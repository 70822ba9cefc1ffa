import type { Settings } from "../config/settings.ts";
import { formatDuration } from "../config/units.ts";
import { formatHttpDate, type Milliseconds } from "../http/date.ts";
import { shownOrigin, socketOf } from "../http/unix-socket.ts";
import { CertificateUnusable } from "../tls/certificate-unusable.ts";
import { clockSkew } from "./clock-skew.ts";
import { type Finding, reasonOf } from "./finding.ts";
import { textAt } from "./json-shape.ts";

/** The origin is waited for no longer than this, whatever `--timeout` says: a person is waiting. */
const PATIENCE: Milliseconds = 5000;

/** Asks the origin at all its addresses; of one that is for bad times a failure is no reason not to start. */
export async function examineOrigins(settings: Settings): Promise<readonly Finding[]> {
  const { failover = [] } = settings.origins.find((each) => each.origin.href === settings.origin.href) ?? {};
  const further = failover.map(async (address): Promise<readonly Finding[]> => {
    const [found] = await examineOrigin({ ...settings, origin: address });
    return found === undefined ? [] : [found.verdict === "problem" ? { ...found, verdict: "warning" } : found];
  });
  return (await Promise.all([examineOrigin(settings), ...further])).flat();
}

/** Asks it for its base path, and compares its clock with ours. */
async function examineOrigin(settings: Settings): Promise<readonly Finding[]> {
  const { origin } = settings;
  const patience = Math.min(settings.timeout, PATIENCE);
  const shown = socketOf(origin) === undefined ? origin.href : shownOrigin(origin);
  const asked = Date.now();
  try {
    const { url, way } = await wayTo(settings);
    const init = { redirect: "manual", proxy: false, signal: AbortSignal.timeout(patience) } as const;
    const response = await fetch(url, { ...init, ...way });
    const came = Date.now();
    await response.body?.cancel();
    const what = `${shown} answers with ${response.status} after ${came - asked} ms`;
    const found: Finding =
      response.status < 500
        ? { about: "origin", verdict: "fine", what }
        : { about: "origin", verdict: "warning", what, todo: "see its log: it answers with an error of its own" };
    return [found, clock(response.headers.get("date"), asked, came)];
  } catch (error) {
    // What is wrong with its files is said of the certificate.
    if (error instanceof CertificateUnusable) return [];
    const late = error instanceof DOMException && error.name === "TimeoutError";
    const why = late ? `does not answer within ${formatDuration(patience)}` : `cannot be reached (${codeOf(error)})`;
    return [{ about: "origin", verdict: "problem", what: `${shown} ${why}`, todo: remedyFor(error) }];
  }
}

/** By which way it is asked, as the proxy would. */
async function wayTo({ origin, insecure, originTls, originHttp2 }: Settings) {
  const unix = socketOf(origin);
  if (unix !== undefined) return { url: `http://localhost${origin.pathname}`, way: { unix } };
  const lax = insecure ? { rejectUnauthorized: false } : {};
  const version = originHttp2 ? ({ protocol: "http2" } as const) : {};
  if (originTls === undefined) return { url: origin.href, way: { ...version, ...(insecure && { tls: lax }) } };
  const { ca, ...own } = (await import("../tls/origin-files.ts")).readOriginFiles(originTls);
  return { url: origin.href, way: { ...version, tls: { ...own, ...(ca && { ca: [...ca] }), ...lax } } };
}

function codeOf(error: unknown): string {
  return textAt(error, "code") ?? reasonOf(error);
}

function remedyFor(error: unknown): string {
  const code = textAt(error, "code") ?? "";
  if (/CERT|VERIFY|SELF_SIGNED|ALTNAME/.test(code)) {
    return "name who vouches for its certificate by --origin-ca FILE; --insecure trusts whoever answers";
  }
  if (code === "HTTP2Unsupported") return "leave out --origin-http2: it speaks HTTP/1.1 alone";
  if (/NOTFOUND|DNS|FailedToOpenSocket/i.test(code)) return "see whether its name is right, and known on this machine";
  return "start it, or name another one by --origin URL; --offline answers without it";
}

function clock(date: string | null, asked: number, came: number): Finding {
  const skew = clockSkew(date, asked, came);
  switch (skew.type) {
    case "unstated":
      return {
        ...{ about: "clock", verdict: "warning", what: "the origin sends no Date: what it sends counts as new" },
        todo: "have the origin send Date (RFC 9110 §6.6.1)",
      };
    case "agrees":
      return { about: "clock", verdict: "fine", what: "the origin's goes with ours" };
    case "differs": {
      const how = `${formatDuration(Math.round(Math.abs(skew.by) / 1000) * 1000)} ${skew.by > 0 ? "ahead of" : "behind"} ours`;
      const then = skew.by > 0 ? "what it sends may be fresh for longer" : "what it sends counts as that old";
      return {
        ...{ about: "clock", verdict: "warning", what: `the origin's is ${how} (${formatHttpDate(came)}): ${then}` },
        todo: "set the one that is wrong, by NTP for good",
      };
    }
  }
}
