import type { ResponseParts } from "./exchange.ts";

/** What a person or a program is told when we, not the origin, answer with an error (RFC 9457). */
export type Problem = {
  readonly status: number;
  /** The same words for the same problem, e.g. `Origin unreachable`. */
  readonly title: string;
  /** What happened this time, with which value, and what to do. */
  readonly detail: string;
  /** Further members, e.g. `origin` and `cause`. */
  readonly extra?: Readonly<Record<string, string>>;
};

/** A reason as a `detail`: with a capital and a full stop, which it lacks where it stands behind a colon. */
export function asDetail(why: string): string {
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}.`;
}

/** A fault of ours. */
export const INTERNAL_ERROR: Problem = {
  status: 500,
  title: "Internal error",
  detail: "The proxy failed on this request; its terminal says why.",
};

/** The problem as a response with an `application/problem+json` body that no cache may keep. */
export function problemResponse(problem: Problem): ResponseParts {
  const { status, title, detail, extra } = problem;
  return {
    status,
    headers: new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" }),
    body: new Blob([`${JSON.stringify({ type: "about:blank", title, status, detail, ...extra })}\n`]),
  };
}
