/** Why a response is not stored (RFC 9111 §3, and what this cache cannot keep). */
type NotStored =
  | "method"
  | "partial-content"
  | "range-not-satisfiable"
  | "not-modified"
  | "request-no-store"
  | "no-store"
  | "private"
  | "authorization"
  | "personal"
  | "vary-star"
  | "status-not-understood"
  | "status-not-cacheable"
  | "no-lifetime-and-no-validator"
  | "too-large"
  | "too-many-tags"
  | "end-not-provable"
  | "request-at-fault"
  | "invalidated";

/** Why the origin gave no response that could be passed on. */
type Failed = "origin-unreachable" | "origin-timeout" | "client-left" | "loop" | "method-not-supported" | "offline";

/** What a fixture did: it answered, cannot be read, or is not there. */
type Fixed = "fixture" | "fixture-broken" | "unrecorded";

/** Why the origin was not asked, so that its quotas are spared (src/quota). */
type Spared = "origin-rate-limited" | "origin-overloaded" | "origin-quota-low";

/** Why the origin was not asked, so that no more is under way than may be (src/limit, src/wire/back.ts). */
type Shed = "overloaded";

/** Why the origin was not asked, since it has failed too often just before (src/origins). */
type Avoided = "circuit-open";

/** Why the cache was not asked. */
type Bypassed =
  | "ambiguous-url"
  | "precondition-for-origin"
  | "query-too-large"
  | "content-unreadable"
  | "graphql-not-query"
  | "websocket";

/** Why what is stored was not used without asking (caching/reuse.ts). */
type Doubted = "request-no-cache" | "no-cache" | "request-max-age" | "expired" | "request-min-fresh";

/** Why we answered by ourselves, or with what is stale. */
type Answered = "only-if-cached" | "internal-error" | "bad-request" | "stale-if-error" | "validation-failed";

/** What a rule of the config file says: of a lifetime, of an answer of our own, or that the cache is left out. */
type Ruled = "rule" | "cors-preflight" | "fault-status" | "fault-reset" | "fault-empty" | "fault-timeout";

/**
 * All words of ours that stand in Cache-Status's `detail` (RFC 9211 §2.8), each a Token: a closed list, so that none is without the sentence
 * that explains it (observe/access-reasons.ts). `heuristic`: the lifetime is a guess.
 */
export type Detail =
  | NotStored
  | Failed
  | Spared
  | Shed
  | Avoided
  | Bypassed
  | Doubted
  | Answered
  | Ruled
  | Fixed
  | "heuristic";
