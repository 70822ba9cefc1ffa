import { after } from "../http/at-once.ts";
import type { Handler, Incoming, Layer, Reply, ResponseParts } from "../http/exchange.ts";
import { type Problem, problemResponse } from "../http/problem.ts";
import { rememberedWith } from "../http/remembered.ts";
import { type Access, type Kind, refusal } from "./guard.ts";
import type { LaneOperations } from "./lanes.ts";
import type { OfflineOperations } from "./offline.ts";

/** Does what a request asks for, and answers with a JSON value or with a problem. */
export type Operation = (incoming: Incoming) => Promise<Outcome> | Outcome;

export type Outcome =
  | { readonly type: "json"; readonly value: unknown }
  /** Another kind of answer than JSON: a page, a text, a stream. Its fields are sent as they are. */
  | { readonly type: "response"; readonly response: ResponseParts }
  | { readonly type: "problem"; readonly problem: Problem };

/** One of our own paths: one method that it takes, GET meaning HEAD too. */
type Endpoint = {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly run: Operation;
  /** Open ones answer to whoever can reach the port. */
  readonly access: "open" | "guarded" | "page";
};

/** What the admin paths do, given by the composition root. */
export type AdminOperations = LaneOperations &
  OfflineOperations & {
    readonly health: Operation;
    readonly stats: Operation;
    /** The same for Prometheus. */
    readonly metrics: Operation;
    /** Drops everything stored. */
    readonly clearCache: Operation;
    /** Drops or marks stale what the body says. */
    readonly purge: Operation;
    /** Shows what is stored. */
    readonly entries: Operation;
    /** Shows what passes, as Server-Sent Events. */
    readonly events: Operation;
    /** Shows what has passed. */
    readonly recent: Operation;
    /** Tells why a request would be answered as it would. */
    readonly explain: Operation;
    /** Shows how much passed in each second. */
    readonly history: Operation;
    /** Has the origin asked anew for what the body names. */
    readonly refresh: Operation;
    /** Shows what is stored for it beside what the origin answers now. */
    readonly compare: Operation;
    /** Stores what an HTTP Archive holds. */
    readonly takeArchive: Operation;
    /** Writes what is stored into one. */
    readonly giveArchive: Operation;
    /** Shows which fixtures were used, and which requests had none. */
    readonly fixtures: Operation;
    /** Shows the rules in force, and how often each was about a request. */
    readonly rules: Operation;
    /** The live page, which holds nothing of what it will show. */
    readonly page: Operation;
  };

/** Where the admin paths lie. */
export type AdminPaths = { readonly prefix: string; readonly health: string };

/** Whether a path is one of ours. */
export function isOwnPath({ prefix, health }: AdminPaths, path: string): boolean {
  return path === health || path === prefix || path.startsWith(`${prefix}/`);
}

/** What an operation answers with that has nothing to refuse. */
export function json(value: unknown): Outcome {
  return { type: "json", value };
}

/** How the paths below that of all lanes are named in the table. */
function ofOne({ prefix }: AdminPaths): string {
  return `${prefix}/lanes/NAME`;
}

/** Answers our own paths and passes every other request on. */
export function admin(paths: AdminPaths, operations: AdminOperations, access: Access): Layer {
  const endpoints = new Map<string, Endpoint>([
    [paths.health, { method: "GET", run: operations.health, access: "open" }],
    [`${paths.prefix}/stats`, { method: "GET", run: operations.stats, access: "guarded" }],
    [`${paths.prefix}/metrics`, { method: "GET", run: operations.metrics, access: "guarded" }],
    [`${paths.prefix}/entries`, { method: "GET", run: operations.entries, access: "guarded" }],
    [`${paths.prefix}/events`, { method: "GET", run: operations.events, access: "guarded" }],
    [`${paths.prefix}/recent`, { method: "GET", run: operations.recent, access: "guarded" }],
    [`${paths.prefix}/explain`, { method: "GET", run: operations.explain, access: "guarded" }],
    [`${paths.prefix}/history`, { method: "GET", run: operations.history, access: "guarded" }],
    [`${paths.prefix}/fixtures`, { method: "GET", run: operations.fixtures, access: "guarded" }],
    [`${paths.prefix}/rules`, { method: "GET", run: operations.rules, access: "guarded" }],
    [`${paths.prefix}/clear-cache`, { method: "POST", run: operations.clearCache, access: "guarded" }],
    [`${paths.prefix}/purge`, { method: "POST", run: operations.purge, access: "guarded" }],
    [`${paths.prefix}/refresh`, { method: "POST", run: operations.refresh, access: "guarded" }],
    [`${paths.prefix}/compare`, { method: "POST", run: operations.compare, access: "guarded" }],
    [`${paths.prefix}/import`, { method: "POST", run: operations.takeArchive, access: "guarded" }],
    [`${paths.prefix}/export`, { method: "GET", run: operations.giveArchive, access: "guarded" }],
    [`${paths.prefix}/offline`, { method: "GET", run: operations.offline, access: "guarded" }],
    [`${paths.prefix}/lanes`, { method: "GET", run: operations.lanes, access: "guarded" }],
    [`${paths.prefix}/scenario`, { method: "PUT", run: operations.switchScenario, access: "guarded" }],
    [ofOne(paths), { method: "GET", run: operations.lane, access: "guarded" }],
  ]);
  /** What a second method of a path does. */
  const further = new Map<string, Endpoint>([
    [`${paths.prefix}/rules`, { method: "PUT", run: operations.putRules, access: "guarded" }],
    [`${paths.prefix}/offline`, { method: "PUT", run: operations.switchOffline, access: "guarded" }],
    [ofOne(paths), { method: "DELETE", run: operations.resetLane, access: "guarded" }],
  ]);
  const below = `${paths.prefix}/`;
  const lanes = `${paths.prefix}/lanes/`;
  const pathOf = rememberedWith(({ pathname }: URL) => pathname);
  for (const path of [paths.prefix, below])
    endpoints.set(path, { method: "GET", run: operations.page, access: "page" });
  return (next) => (incoming) => {
    const path = pathOf(incoming.url);
    if (!endpoints.has(path) && path !== paths.prefix && !path.startsWith(below)) return next(incoming);
    const named = path.startsWith(lanes) ? ofOne(paths) : path;
    const ways = [endpoints.get(named), further.get(named)];
    const [endpoint, also] = ways[1]?.method === incoming.request.method ? ways.toReversed() : ways;
    const site = { endpoint, also, known: [...endpoints.keys()] };
    return after(answer(incoming, site, access), (response): Reply => ({ response }));
  };
}

/** Does something for whoever may use the admin paths, wherever he asks for it. */
export function guardedHandler(run: Operation, access: Access): Handler {
  return async (incoming) => {
    const response = refusedBy(incoming, access) ?? (await perform(run, incoming));
    return { response };
  };
}

/** What a path and a method lead to. */
type Site = {
  readonly endpoint: Endpoint | undefined;
  /** What another method of the path does. */
  readonly also: Endpoint | undefined;
  /** All paths that there are. */
  readonly known: readonly string[];
};

async function answer(incoming: Incoming, { endpoint, also, known }: Site, access: Access): Promise<ResponseParts> {
  const refused =
    endpoint?.access === "open"
      ? undefined
      : refusedBy(incoming, access, endpoint?.access === "page" ? "page" : "data");
  if (refused !== undefined) return refused;
  const { pathname } = incoming.url;
  if (endpoint === undefined) {
    return problemResponse({
      status: 404,
      title: "No such admin path",
      detail: `${pathname} is none of ours. There are: ${known.join(", ")}.`,
    });
  }
  const methods = [endpoint, ...(also === undefined ? [] : [also])].map((each) => each.method);
  const allow = [...methods.flatMap((each) => (each === "GET" ? ["GET", "HEAD"] : [each])), "OPTIONS"].join(", ");
  const { method } = incoming.request;
  if (method === "OPTIONS") {
    return { status: 204, headers: new Headers({ allow, "cache-control": "no-store" }), body: null };
  }
  if (method !== endpoint.method && !(method === "HEAD" && endpoint.method === "GET")) {
    const detail = `${pathname} takes ${methods.join(" and ")}, not ${method}.`;
    const response = problemResponse({ status: 405, title: "Method not allowed", detail });
    response.headers.set("allow", allow);
    return response;
  }
  return perform(endpoint.run, incoming);
}

/** What whoever may not use the admin paths is told. */
function refusedBy(incoming: Incoming, access: Access, kind: Kind = "data"): ResponseParts | undefined {
  const refused = refusal(incoming, access, kind);
  if (refused === undefined) return undefined;
  const response = problemResponse(refused);
  if (refused.status === 401) response.headers.set("www-authenticate", 'Bearer realm="caching-proxy"');
  return response;
}

async function perform(run: Operation, incoming: Incoming): Promise<ResponseParts> {
  const outcome = await run(incoming);
  if (outcome.type === "problem") return problemResponse(outcome.problem);
  if (outcome.type === "response") return outcome.response;
  const body = new Blob([`${JSON.stringify(outcome.value)}\n`]);
  const headers = new Headers({
    "content-type": "application/json",
    "cache-control": "no-store",
    "content-length": String(body.size),
  });
  return { status: 200, headers, body: incoming.request.method === "HEAD" ? null : body };
}
