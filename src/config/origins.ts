import { socketOf } from "../http/unix-socket.ts";
import type { ConfigFile } from "./file.ts";
import { type Environment, type Given, named, read, readRequired, readSwitch } from "./given.ts";
import { isLoopback } from "./listen.ts";
import { parseOrigin } from "./origin.ts";
import { parseOriginAuth } from "./origin-auth.ts";
import { accept, type Parsed, refuse } from "./parsed.ts";
import { parseDuration } from "./units.ts";

/** What is said of an origin besides where it is. */
export type OriginSetting = {
  /** As --origin or a rule names it, with its base path. */
  readonly origin: URL;
  /** Where the same is to be had while it fails, in this order. */
  readonly failover: readonly URL[];
  /** The value of Authorization by which it knows us: a secret. */
  readonly authorization: string | undefined;
  /** The path that tells whether it is well, below the base path. */
  readonly check: string | undefined;
};

/** The same as a config file has it. */
export type WrittenOriginSetting = Omit<OriginSetting, "authorization"> & {
  /** `bearer:VARIABLE` or `basic:VARIABLE`. */
  readonly auth: string | undefined;
};

/** How origins are asked that fail. */
export type OriginsSettings = {
  /** Those of which something is said; of --origin what flags say. */
  readonly origins: readonly OriginSetting[];
  /** How often a request is sent again that all addresses have failed. */
  readonly retries: number;
  /** Whether an origin that fails is left alone for a while, also where there is nobody else to ask. */
  readonly breaker: boolean;
  readonly originCheckEvery: number;
};

/** RFC 9110 §9.2.2 would have no retry of a retry; more than a few are of no use to anybody. */
const MOST_RETRIES = 5;

/** Reads what is said of origins. */
export function resolveOrigins(
  given: Given,
  origin: URL,
  file: Pick<ConfigFile, "name" | "origins"> | undefined,
  env: Environment,
): Parsed<OriginsSettings> {
  const retries = readRequired(given, "retries", parseRetries);
  if (!retries.ok) return retries;
  const breaker = readSwitch(given, "breaker");
  if (!breaker.ok) return breaker;
  const every = readRequired(given, "origin-check-every", parseEvery);
  if (!every.ok) return every;
  const main = resolveMain(given, origin, env);
  if (!main.ok) return main;
  const all = main.value === undefined ? [] : [main.value];
  for (const { auth, ...written } of file?.origins ?? []) {
    const place = `origins[${JSON.stringify(written.origin.href)}]`;
    const of = `in ${file?.name}`;
    if (all.some((one) => one.origin.href === written.origin.href))
      return refuse(
        `${place} ${of} is the origin of which flags or settings of their own speak: say all of it in one place`,
      );
    const read = auth === undefined ? accept(undefined) : parseOriginAuth(auth, env);
    if (!read.ok) return refuse(`${place}.auth ${of} ${read.message}`);
    const setting = { ...written, authorization: read.value };
    const wrong = whatIsWrong(setting);
    if (wrong !== undefined) return refuse(`${place}.failover ${of} ${wrong}`);
    all.push(setting);
  }
  return accept({ origins: all, retries: retries.value, breaker: breaker.value, originCheckEvery: every.value });
}

function resolveMain(given: Given, origin: URL, env: Environment): Parsed<OriginSetting | undefined> {
  const failover = read(given, "failover", parseFailover);
  if (!failover.ok) return failover;
  const check = read(given, "origin-check", parseCheck);
  if (!check.ok) return check;
  const authorization = read(given, "origin-auth", (text) => parseOriginAuth(text, env), "hide");
  if (!authorization.ok) return authorization;
  const setting = {
    origin,
    failover: failover.value ?? [],
    check: check.value,
    authorization: authorization.value,
  };
  if ([failover, check, authorization].every(({ value }) => value === undefined)) return accept(undefined);
  const wrong = whatIsWrong(setting);
  const said = given.get("failover");
  return wrong === undefined ? accept(setting) : refuse(`${said ? named(said) : "--failover"} ${wrong}`);
}

/** What speaks against where requests would go while the origin fails. */
function whatIsWrong({ origin, failover, authorization }: OriginSetting): string | undefined {
  const hrefs = [origin, ...failover].map(({ href }) => href);
  const twice = hrefs.find((href, i) => hrefs.indexOf(href) !== i);
  if (twice !== undefined) return `has ${twice} twice, or has the origin itself`;
  const open = failover.find((url) => url.protocol === "http:" && !staysHere(url));
  if (origin.protocol === "https:" && open !== undefined && authorization !== undefined)
    return `would send credentials that are for ${origin.origin} to ${open.origin}, where anybody on the way can read them: write https`;
  return undefined;
}

function staysHere(url: URL): boolean {
  return socketOf(url) !== undefined || isLoopback(url.hostname.replace(/^\[(.*)\]$/, "$1"));
}

function parseFailover(text: string): Parsed<readonly URL[]> {
  const parsed = text.split(",").map((each) => parseOrigin(each.trim()));
  const wrong = parsed.find((each) => !each.ok);
  if (wrong !== undefined && !wrong.ok) return wrong;
  return accept(parsed.flatMap((each) => (each.ok ? [each.value] : [])));
}

/** Reads the path of a health check. */
export function parseCheck(text: string): Parsed<string> {
  return /^\/[^\s#]*$/.test(text)
    ? accept(text)
    : refuse("is not the path of a health check: write it as /health, with a query or not");
}

function parseRetries(text: string): Parsed<number> {
  return /^[0-5]$/.test(text) ? accept(Number(text)) : refuse(`is no number of retries: write 0 to ${MOST_RETRIES}`);
}

/** Timers count in 32 bits. */
const LONGEST = 86_400_000;

function parseEvery(text: string): Parsed<number> {
  const every = parseDuration(text);
  return every.ok && (every.value < 100 || every.value > LONGEST) ? refuse("must be from 100ms to 1d") : every;
}
