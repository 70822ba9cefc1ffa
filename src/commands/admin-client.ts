import { bracketed, socketAt } from "../config/listen.ts";
import { baseOf, type Target } from "../config/target.ts";
import type { Milliseconds } from "../http/date.ts";
import { CertificateUnusable } from "../tls/certificate-unusable.ts";
import type { pinnedTo } from "../tls/pinned.ts";
import { invocation } from "./invocation.ts";
import { textAt } from "./json-shape.ts";

/** What the proxy answered: its JSON, or a sentence on why there is none. */
export type AdminAnswer = { readonly ok: true; readonly value: unknown; readonly text: string } | NoAnswer;

/** `isRefused`: it understood, and what it was asked for makes no sense. `isAway`: nobody answered. */
export type NoAnswer = {
  readonly ok: false;
  readonly message: string;
  readonly isRefused?: boolean;
  readonly isAway?: boolean;
};

const DEADLINE_MS = 5000;
/** What has a content may be work, such as a purge of millions on a disk. */
const WORKING_DEADLINE_MS = 60_000;
const LARGEST_ANSWER = 1024 * 1024;

/**
 * Asks an admin endpoint of a running proxy, for at most five seconds, or a minute where it is given work; never throws.
 * @param endpoint with its query, if it has one
 * @param content sent as JSON where there is any; a text is JSON already
 * @param largest as many bytes as an answer of ours may have
 */
export async function askAdmin(
  target: Target,
  method: "GET" | "POST" | "PUT",
  endpoint: string,
  content?: unknown,
  largest = LARGEST_ANSWER,
): Promise<AdminAnswer> {
  const deadline = content === undefined ? DEADLINE_MS : WORKING_DEADLINE_MS;
  try {
    const body = content === undefined ? {} : { body: typeof content === "string" ? content : JSON.stringify(content) };
    const init = {
      ...(await requestTo(target, "application/json")),
      method,
      ...body,
      signal: AbortSignal.timeout(deadline),
    };
    return await judge(await fetch(urlOf(target, endpoint), init), target, largest);
  } catch (error) {
    return { ok: false, message: explain(error, target, deadline), isAway: true };
  }
}

/**
 * Opens a stream of a running proxy's, which has five seconds to begin; never throws.
 * @param endpoint with its query, if it has one
 * @param signal ends the stream as well
 * @param type of its content
 */
export async function openAdmin(
  target: Target,
  endpoint: string,
  signal: AbortSignal,
  type = "text/event-stream",
): Promise<{ readonly ok: true; readonly body: ReadableStream<Uint8Array> } | NoAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException("It took too long.", "TimeoutError")), DEADLINE_MS);
  try {
    const init = { ...(await requestTo(target, type)), signal: AbortSignal.any([signal, late.signal]) };
    const response = await fetch(urlOf(target, endpoint), init);
    const isStream = response.headers.get("content-type")?.startsWith(type) && response.ok;
    if (isStream && response.body !== null && !response.headers.has("cache-status")) {
      return { ok: true, body: response.body };
    }
    const answer = await judge(response, target, LARGEST_ANSWER);
    return answer.ok ? { ok: false, message: notOurs(target) } : answer;
  } catch (error) {
    return { ok: false, message: explain(error, target, DEADLINE_MS), isAway: true };
  } finally {
    clearTimeout(timer);
  }
}

function urlOf(target: Target, endpoint: string): string {
  return `${baseOf(target)}${target.adminPrefix}/${endpoint}`;
}

/** By which way a request goes, and how it is to be sure whom it reaches. */
export type Trust = Partial<Awaited<ReturnType<typeof pinnedTo>>> & { readonly unix?: string };

/**
 * Whom a request to a running proxy trusts.
 * @throws CertificateUnusable
 */
export async function trustOf({ host, pinned }: Target): Promise<Trust> {
  const unix = socketAt(host);
  if (unix !== undefined) return { unix };
  if (pinned === undefined) return {};
  return (await import("../tls/pinned.ts")).pinnedTo(pinned);
}

async function requestTo(target: Target, type: string) {
  const { adminToken } = target;
  const authorization = adminToken === undefined ? {} : { Authorization: `Bearer ${adminToken}` };
  // Neither a redirect nor a proxy of the environment gets to see the token.
  return {
    headers: { Accept: type, ...authorization },
    redirect: "manual",
    proxy: false,
    ...(await trustOf(target)),
  } as const;
}

/** The sentence for an answer that no proxy of ours would give. */
export function notOurs(target: Target): string {
  return `something other than caching-proxy answers on ${place(target)}; pass --port if the proxy runs on another one${target.pinned === undefined ? ", or pass --tls-cert FILE if it listens with TLS" : ""}`;
}

async function judge(response: Response, target: Target, largest: number): Promise<AdminAnswer> {
  const text = await readBounded(response, largest);
  // Only exchanges with the origin carry Cache-Status: the request went through the proxy and not to it.
  if (response.headers.get("cache-status")?.includes("caching-proxy")) {
    return {
      ok: false,
      message: `the proxy on ${place(target)} has its admin paths elsewhere than ${target.adminPrefix}; pass the --admin-prefix it was started with`,
    };
  }
  if (response.status === 401 || response.status === 403)
    return { ok: false, message: denied(response.status, target) };
  const value = text === undefined ? undefined : parseJson(text);
  if (text === undefined || value === undefined) return { ok: false, message: notOurs(target) };
  if (!response.ok) {
    const detail = textAt(value, "detail") ?? textAt(value, "title");
    if ((response.status === 400 || response.status === 422) && detail !== undefined)
      return { ok: false, message: asPart(detail), isRefused: true };
    if (detail === undefined) return { ok: false, message: notOurs(target) };
    return { ok: false, message: `${place(target)} answered with status ${response.status}: ${detail}` };
  }
  return { ok: true, value, text };
}

/** A sentence as it stands behind a colon. */
function asPart(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, "");
}

function denied(status: number, target: Target): string {
  const how = "set CACHING_PROXY_ADMIN_TOKEN or pass --admin-token TOKEN";
  return target.adminToken === undefined
    ? `the proxy on ${place(target)} wants its admin token (status ${status}): ${how}`
    : `the proxy on ${place(target)} does not accept this admin token (status ${status}): ${how} with the one it was started with`;
}

/** What is said of a certificate that does not verify. */
const NOT_PINNED = /CERT|VERIFY/;

function explain(error: unknown, target: Target, deadline: Milliseconds): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no answer from ${place(target)} within ${deadline / 1000} s`;
  }
  const code = textAt(error, "code");
  if (code === "ECONNREFUSED" || code === "ConnectionRefused") {
    return `no caching-proxy runs on ${place(target)}; start one with ${invocation} --port ${target.port} --origin URL, or pass the --port of the one that runs`;
  }
  if (code === "ENOENT") return `no caching-proxy runs on ${place(target)}: there is no such socket`;
  if (code === "ENOTFOUND") return `the host ${target.host} cannot be found`;
  if (error instanceof CertificateUnusable) return error.message;
  if (code !== undefined && target.pinned !== undefined && NOT_PINNED.test(code)) {
    return `${place(target)} shows another certificate than the one in ${target.pinned}; pass the --tls-cert it was started with`;
  }
  // Not HTTP, or a connection closed half-way.
  if (code === "ECONNRESET" || code === "Malformed_HTTP_Response") return notOurs(target);
  return `${place(target)} cannot be reached (${error instanceof Error ? error.message : String(error)})`;
}

/** Where a proxy runs, as a person says it. */
export function place(target: Target): string {
  if (socketAt(target.host) !== undefined) return target.host;
  return target.host === "127.0.0.1" ? `port ${target.port}` : `${bracketed(target.host)} port ${target.port}`;
}

/** The body as text; undefined where it is larger than any answer of ours. */
async function readBounded(response: Response, largest: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > largest) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
