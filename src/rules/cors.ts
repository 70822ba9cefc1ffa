import { annotate, type CacheStatus } from "../http/cache-status.ts";
import type { Incoming, Layer, Reply } from "../http/exchange.ts";
import { glob } from "../http/glob.ts";
import { problemResponse } from "../http/problem.ts";
import { type Effect, onFields } from "./effect.ts";
import type { RulesInForce } from "./in-force.ts";
import type { Found, Matched } from "./matched.ts";
import type { Cors } from "./rule.ts";
import type { World } from "./world.ts";

/** Tells browsers which pages may read an answer (Fetch Standard, CORS protocol), whatever the origin tells of it. */
export const sharing: Effect = (matched) => {
  const cors = matched.first("cors")?.value;
  if (cors === undefined) return undefined;
  return onFields((headers, { headers: asked }) => {
    const exposed = cors.expose ?? [...headers.keys()].filter((name) => !OF_CORS.test(name));
    for (const name of [...headers.keys()]) if (OF_CORS.test(name)) headers.delete(name);
    const allowed = allowedOrigin(cors, asked.get("origin"));
    if (allowed !== "*") headers.append("vary", "Origin");
    if (allowed === undefined) return;
    allow(headers, allowed, cors);
    if (exposed.length > 0) headers.set("access-control-expose-headers", exposed.join(", "));
  });
};

/** Answers preflights for requests that a rule lets pages make; no origin sees them. */
export function answeringPreflights(rules: RulesInForce, counts: World["counts"]): Layer {
  return (next) => (incoming) => {
    const asked = preflightFor(rules, incoming);
    if (asked === undefined) return next(incoming);
    counts.askedFor(asked.matched, "cors");
    return preflight(incoming.headers, asked.method, asked.cors);
  };
}

/** What a preflight asks for, and the rule that is about that; undefined for what is no preflight, or not ours to answer. */
export function preflightFor(
  rules: RulesInForce,
  incoming: Incoming,
): { readonly method: string; readonly matched: Matched; readonly cors: Found<Cors> } | undefined {
  const method = askedMethod(incoming);
  if (method === undefined) return undefined;
  const matched = rules.byMethod(incoming, method);
  const cors = matched.first("cors");
  return cors === undefined ? undefined : { method, matched, cors };
}

const OF_CORS = /^access-control-(?!request-)/;

function askedMethod({ request, headers }: Incoming): string | undefined {
  if (request.method !== "OPTIONS" || !headers.has("origin")) return undefined;
  return headers.get("access-control-request-method") ?? undefined;
}

function preflight(asked: Headers, method: string, { value: cors, place }: Found<Cors>): Reply {
  const cacheStatus: CacheStatus = { type: "none", detail: "cors-preflight" };
  const allowed = allowedOrigin(cors, asked.get("origin"));
  if (allowed === undefined || (cors.methods !== undefined && !cors.methods.includes(method))) {
    const detail = `${place} lets no page of ${asked.get("origin")} ask by ${method}.`;
    const response = problemResponse({ status: 403, title: "Not allowed across origins", detail });
    annotate(response.headers, cacheStatus);
    return { response, cacheStatus };
  }
  const headers = new Headers({ vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" });
  allow(headers, allowed, cors);
  headers.set("access-control-allow-methods", (cors.methods ?? [method]).join(", "));
  const names = cors.headers?.join(", ") ?? asked.get("access-control-request-headers");
  if (names !== null) headers.set("access-control-allow-headers", names);
  // A page of a public site that asks a private address wants this as well (Private Network Access).
  if (asked.get("access-control-request-private-network") === "true") {
    headers.set("access-control-allow-private-network", "true");
  }
  if (cors.maxAge !== undefined) headers.set("access-control-max-age", String(Math.floor(cors.maxAge / 1000)));
  annotate(headers, cacheStatus);
  return { response: { status: 204, headers, body: null }, cacheStatus };
}

/** What Access-Control-Allow-Origin says to a page of an origin; undefined for nothing. */
function allowedOrigin({ origins }: Cors, origin: string | null): string | undefined {
  if (origins === undefined || origins.includes("*")) return "*";
  return origin !== null && origins.some((each) => glob(each)(origin)) ? origin : undefined;
}

function allow(headers: Headers, allowed: string, { credentials }: Cors): void {
  headers.set("access-control-allow-origin", allowed);
  if (credentials) headers.set("access-control-allow-credentials", "true");
}
