import { annotate, type CacheStatus, type ForwardReason } from "../http/cache-status.ts";
import type { Detail } from "../http/detail.ts";
import type { Reply } from "../http/exchange.ts";
import type { OriginFailure } from "../http/origin.ts";
import { type Problem, problemResponse } from "../http/problem.ts";
import { shownOrigin } from "../http/unix-socket.ts";
import { MAX_HOPS } from "./forwarded-fields.ts";

/** Whose request was in vain: the client's own, or another's that it waited for. */
export type Asked = "itself" | "collapsed";

/**
 * The reply to a client whose request the origin gave no response to.
 * @param origin scheme and authority, as shown to people
 */
export function failureReply(
  failure: OriginFailure,
  fwd: ForwardReason,
  origin: string,
  asked: Asked = "itself",
): Reply {
  const base = { type: "forward", fwd, stored: false, detail: failureDetail(failure) } as const;
  const cacheStatus: CacheStatus = asked === "itself" ? base : { ...base, collapsed: true };
  const response = problemResponse(problemOf(failure, origin));
  if ("retryAfter" in failure) response.headers.set("retry-after", String(failure.retryAfter));
  // The rest of its request may still come (RFC 9110 §15.5.9).
  if (failure.type === "aborted") response.headers.set("connection", "close");
  annotate(response.headers, cacheStatus);
  return { response, cacheStatus };
}

/** The failure in one token, for Cache-Status. */
export function failureDetail(failure: OriginFailure): Detail {
  switch (failure.type) {
    case "unreachable":
      return "origin-unreachable";
    case "timeout":
      return "origin-timeout";
    case "aborted":
      return "client-left";
    case "loop":
      return "loop";
    case "unsupported-method":
      return "method-not-supported";
    case "rate-limited":
      return RATE_LIMITED[failure.why].token;
    case "overloaded":
      return "overloaded";
    case "circuit-open":
      return "circuit-open";
    case "offline":
      return "offline";
  }
}

/**
 * The failure in words (RFC 9110 §15.6.3, §15.6.5).
 * @param from scheme and authority
 */
export function problemOf(failure: OriginFailure, from: string): Problem {
  const origin = shownOrigin(new URL(from));
  switch (failure.type) {
    case "unreachable":
      return {
        status: 502,
        title: "Origin unreachable",
        detail: `The origin ${origin} gave no response: ${failure.cause}. Check that it runs and that --origin is right.`,
        extra: { origin, cause: failure.cause },
      };
    case "timeout": {
      const sent = SENT[failure.awaited ?? "header"];
      const cause = `${sent.nothing} within ${failure.after} ms`;
      return {
        status: 504,
        title: "Origin too slow",
        detail: `The origin ${origin} sent ${sent.no} within ${failure.after} ms; --timeout sets how long to wait.`,
        extra: { origin, cause },
      };
    }
    case "aborted":
      if (failure.silentFor !== undefined) {
        const detail = `Nothing more of the request's content came for ${failure.silentFor / 1000} s.`;
        return { status: 408, title: "Request incomplete", detail };
      }
      // Nobody reads it; 499 is what logs of other proxies show for a client that left.
      return {
        status: 499,
        title: "Client left",
        detail: "The client closed the connection before the origin answered.",
      };
    case "loop":
      return {
        status: 508,
        title: "Loop detected",
        detail: `The request has come through caching-proxy ${MAX_HOPS} times: --origin ${origin} leads back here.`,
        extra: { origin },
      };
    case "unsupported-method":
      return {
        status: 501,
        title: "Method not supported",
        detail:
          "This method cannot be passed on to the origin. GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS and WebDAV's can.",
        extra: { origin },
      };
    case "rate-limited": {
      const { status, title, cause } = RATE_LIMITED[failure.why];
      return {
        status,
        title,
        detail: `The origin ${origin} ${cause}: it is not asked for another ${failure.retryAfter} s. --quota off asks it all the same.`,
        extra: { origin, cause },
      };
    }
    case "overloaded": {
      const cause = OVERLOADED[failure.why];
      return {
        status: 503,
        title: "Too much under way",
        detail: `The origin ${origin} was not asked: ${cause}. Try again in ${failure.retryAfter} s.`,
        extra: { origin, cause },
      };
    }
    case "circuit-open": {
      const cause = "it has failed several times in a row";
      return {
        status: 503,
        title: "Origin left alone",
        detail: `The origin ${origin} was not asked: ${cause}. It is asked again in ${failure.retryAfter} s.`,
        extra: { origin, cause },
      };
    }
    case "offline":
      return {
        status: 504,
        title: "Offline",
        detail: `The origin ${origin} is not asked: the proxy runs with --offline or --frozen, or was put offline since.`,
        extra: { origin },
      };
  }
}

const OVERLOADED = {
  "line-full":
    "as many requests as --max-origin-connections allows are under way, and as many as may wait do so already",
  waited: "as many requests as --max-origin-connections allows are under way, and none of them ended in time",
  "no-socket": "the proxy has as many files and sockets open as the system allows it (ulimit -n)",
} as const satisfies Record<Extract<OriginFailure, { type: "overloaded" }>["why"], string>;

const SENT = {
  header: { nothing: "no response", no: "no response header" },
  body: { nothing: "no whole body", no: "a response header, and not all of its body" },
} as const;

const RATE_LIMITED = {
  refused: {
    token: "origin-rate-limited",
    status: 429,
    title: "Rate limit of the origin",
    cause: "has answered 429 to this client",
  },
  overloaded: {
    token: "origin-overloaded",
    status: 503,
    title: "Origin overloaded",
    cause: "has answered 503 and said when to come again",
  },
  scarce: {
    token: "origin-quota-low",
    status: 429,
    title: "Little left of the origin's quota",
    cause: "has little left of its quota for this client",
  },
} as const satisfies Record<Extract<OriginFailure, { type: "rate-limited" }>["why"], object>;
