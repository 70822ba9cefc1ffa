import type { Group } from "../caching/group.ts";
import type { CacheKey } from "../caching/key.ts";
import type { Purge } from "../caching/purge.ts";
import type { FixtureUse, Note } from "../fixtures/journal.ts";
import type { Instant, Milliseconds } from "../http/date.ts";
import type { LaneChange } from "../lanes/change.ts";
import type { LaneExchange } from "../lanes/exchanges.ts";
import type { LaneFigures } from "../lanes/figures.ts";
import type { LogFormat } from "../observe/access-log.ts";
import type { Colour } from "../observe/access-pretty.ts";
import type { PastSecond } from "../observe/history.ts";
import type { DetailedEntry } from "../store/entry.ts";
import type { Explanation, Supposed } from "../store/explanation.ts";
import type { Listing, ListingQuestion } from "../store/listing.ts";
import type { StoredView } from "../store/stored-view.ts";
import type { Met } from "../veil/veil.ts";
import type { ContactQuestion } from "./contact.ts";
import type { LaneQuestion } from "./laning.ts";
import type { Recalled } from "./ledger.ts";
import type { Refreshed, RefreshQuestion } from "./refreshing.ts";
import type { Share } from "./share.ts";
import type { ViewQuestion } from "./viewing.ts";
import type { Glance, Glimpse } from "./watching.ts";

/**
 * What one worker's store has let go of and the others' are to let go of too.
 * `below`: from the tier that all share it may not have gone, since that could not be reached.
 */
export type News = Change & { readonly below?: true };

type Change =
  /** An unsafe request changed what is at a URL of the origin. */
  | { readonly type: "invalidate"; readonly url: string }
  | { readonly type: "invalidate-group"; readonly group: Group }
  /** The origin has something else there that may not be stored. */
  | { readonly type: "delete"; readonly url: string; readonly key: CacheKey }
  | { readonly type: "clear" }
  | { readonly type: "purge"; readonly purge: Purge }
  | { readonly type: "purge-url"; readonly url: string; readonly how: Purge["how"] };

/** What a worker asks all the others. */
export type Question =
  | News
  | StatisticsQuestion
  | Inquiry
  | Glance
  /** What it would do with a request. */
  | { readonly type: "explain"; readonly supposed: Supposed }
  /** What passed in each second since. */
  | { readonly type: "history"; readonly since: Instant }
  | RefreshQuestion
  | ViewQuestion
  | ContactQuestion
  | LaneQuestion;

/** Secrets that one worker has met while it recorded, which the others are to know before they write: it is about no store and asks nothing. */
export type Confided = { readonly type: "secrets"; readonly met: Met };

/** What a worker asks its supervisor alone: how all workers have used their fixtures. */
export type SupervisorQuestion = { readonly type: "fixtures" };

/** `own`: what the one who asks did himself, which its supervisor keeps. */
export type StatisticsQuestion = { readonly type: "statistics"; readonly own?: Share };

/** What one worker asks of what another one holds. */
export type Inquiry =
  | { readonly type: "list"; readonly question: ListingQuestion }
  /** All that may answer for a URL of the origin. */
  | { readonly type: "look"; readonly url: string };

/** What one of them answers. */
export type Answer =
  | { readonly type: "heeded"; readonly dropped: number }
  | { readonly type: "statistics"; readonly share: Share }
  /** The supervisor's own, before all others. */
  | ({ readonly type: "recalled" } & Recalled)
  | { readonly type: "list"; readonly listing: Listing }
  | { readonly type: "look"; readonly entries: readonly DetailedEntry[] }
  | { readonly type: "glimpse"; readonly glimpse: Glimpse }
  | { readonly type: "fixtures"; readonly use: FixtureUse }
  | { readonly type: "explain"; readonly explanation: Explanation }
  | { readonly type: "history"; readonly seconds: readonly PastSecond[] }
  | { readonly type: "refreshed"; readonly refreshed: Refreshed }
  | { readonly type: "view"; readonly views: readonly StoredView[] }
  | { readonly type: "contact"; readonly offline: boolean }
  | { readonly type: "lanes"; readonly figures: readonly LaneFigures[] }
  | { readonly type: "lane-requests"; readonly requests: readonly LaneExchange[] }
  | { readonly type: "lane-changes"; readonly changes: readonly LaneChange[] };

/** A worker's place among the others, as its supervisor gives it. */
export type Place = {
  /** From 1 on; whoever takes a crashed one's place has its number. */
  readonly number: number;
  /** How many there are. */
  readonly of: number;
  /** How often this place was taken anew. */
  readonly restarts: number;
  /** When the supervisor started, ms since the epoch. */
  readonly since: number;
};

/** What all workers are told alike; they cannot know it from the command line. */
export type Orders = {
  readonly port: number;
  readonly log: LogFormat;
  /** Whether the log goes to a terminal that wants colours. */
  readonly colour: Colour;
};

/** What a supervisor sends to a worker. */
export type ToWorker =
  | { readonly type: "serve"; readonly place: Place; readonly orders: Orders }
  /** To be answered under its number. */
  | { readonly type: "question"; readonly id: number; readonly question: Question | Confided }
  /** What another one answers to the worker's own question of that number. */
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer }
  /** All who are still there have answered it. */
  | { readonly type: "complete"; readonly id: number }
  /** Its file was rotated. */
  | { readonly type: "reopen-log" }
  | { readonly type: "stop"; readonly grace: Milliseconds };

/** What a worker sends to its supervisor. */
export type ToSupervisor =
  /** It can be told things, and waits for its orders. */
  | { readonly type: "hello" }
  | { readonly type: "listening" }
  | { readonly type: "cannot-listen"; readonly message: string }
  | { readonly type: "question"; readonly id: number; readonly question: Question | Confided | SupervisorQuestion }
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer }
  /** Something about the use of fixtures that the worker did not know before. */
  | { readonly type: "noted"; readonly note: Note }
  | { readonly type: "stopped"; readonly cutOff: number };

/**
 * Reads what `JSON.stringify` made of a message. Both ends are the same program, so that nothing is checked.
 * @param text what came over the channel
 */
export function readMessage<Message extends ToWorker | ToSupervisor>(text: unknown): Message {
  return JSON.parse(String(text));
}
