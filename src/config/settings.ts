import type { Milliseconds } from "../http/date.ts";
import type { Rule } from "../rules/rule.ts";
import type { TierSetting } from "../store/tier.ts";
import type { OriginTlsSetting } from "./origin-tls.ts";
import type { OriginsSettings } from "./origins.ts";
import type { QuotaSetting } from "./quota.ts";
import type { TlsSetting } from "./tls.ts";

/** How the access log is written: for a person, for a program, as Apache does, or not at all. */
export type LogFormat = "pretty" | "json" | "common" | "combined" | "off";

/** In which order what has not expired leaves the memory tier: store/memory/eviction-lru.ts or store/memory/eviction-s3-fifo.ts. */
export type EvictionOrder = "lru" | "s3-fifo";

/** Who shares one request to the origin: those who ask one proxy, or those who ask any of the proxies that share a store. */
export type CollapseScope = "local" | "shared";

/** Everything a running proxy was told, checked and in base units. Built by `config/resolve.ts`, read by `server.ts` alone. */
export type Settings = OriginsSettings & {
  /** http or https, no query and no fragment; its path (without a trailing slash) is prepended to every request's path. */
  readonly origin: URL;
  /** Query parameters that are dropped from every request; a `*` at the end of a name stands for whatever follows. */
  readonly ignoreQuery: readonly string[];
  /** 0 picks a free port. */
  readonly port: number;
  /** Addresses to listen on; by default the two loopback ones. */
  readonly hosts: readonly string[];
  /** Undefined listens without TLS. */
  readonly tls: TlsSetting | undefined;
  /** How many processes share the port and, in equal parts, `maxSize`. */
  readonly workers: number;
  /** Lifetime of a response that states none and is not private in any way; 0 turns it off. */
  readonly ttl: Milliseconds;
  /** Bound of the memory tier in bytes. */
  readonly maxSize: number;
  /** Larger responses stream through unstored, in bytes. */
  readonly maxEntrySize: number;
  readonly eviction: EvictionOrder;
  /** The tier below the memory. */
  readonly store: TierSetting | undefined;
  readonly collapse: CollapseScope;
  /** The folder of fixtures. */
  readonly fixtures: string | undefined;
  /** The origin is never asked. */
  readonly offline: boolean;
  /** Nothing but fixtures answers. */
  readonly frozen: boolean;
  /** `missing`: what no fixture answers becomes one; `all`: everything, anew; `none` also where there is no folder or no origin. */
  readonly record: "missing" | "all" | "none";
  /** Whether responses from 400 on are recorded. */
  readonly recordErrors: boolean;
  /** Whether fixtures say how long the origin took. */
  readonly recordLatency: boolean;
  /** Names of fields, parameters and members that are secrets besides, `*` for any text; those with a `!` in front are none. */
  readonly secrets: readonly string[];
  /** 2 replays streams twice as fast as recorded; Infinity takes no time. */
  readonly replaySpeed: number;
  /** The scenario that each lane begins with. */
  readonly scenario: string | undefined;
  /** How long the origin may take to send its header section. */
  readonly timeout: Milliseconds;
  readonly quota: QuotaSetting;
  /** The most requests under way to an origin at once, of all workers together; undefined for no bound. */
  readonly maxOriginConnections: number | undefined;
  /** Accept an origin's certificate that does not verify (development only). */
  readonly insecure: boolean;
  /** What TLS to the origin needs besides the usual. */
  readonly originTls: OriginTlsSetting | undefined;
  /** The origin is asked by HTTP/2 alone; others, which rules name, are not. */
  readonly originHttp2: boolean;
  /** Keep the `X-Forwarded-*` fields that clients send instead of replacing them. */
  readonly trustForwarded: boolean;
  /** Path under which everything of ours lives but the health check, without a trailing slash. */
  readonly adminPrefix: string;
  readonly healthPath: string;
  /** Required in `Authorization: Bearer` for the admin paths; mandatory off loopback. */
  readonly adminToken: string | undefined;
  readonly log: LogFormat;
  /** Where the access log is appended to; undefined for standard output. */
  readonly logFile: string | undefined;
  /** Say on each reply how long it took. */
  readonly serverTiming: boolean;
  /** What a person calls the config file. */
  readonly config: string | undefined;
  /** Those of the config file, in their order; undefined where there is none. */
  readonly rules: readonly Rule[] | undefined;
  /** Makes what rules leave to chance the same in each run. */
  readonly seed: number | undefined;
};
