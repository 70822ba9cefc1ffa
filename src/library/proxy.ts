import { readWondered, type Wondered } from "../admin/explain.ts";
import { checkRule } from "../config/check-config.ts";
import type { WrittenRule } from "../config/written.ts";
import { DEFAULT_LANE } from "../lanes/name.ts";
import type { Stats } from "../wiring/controls.ts";
import type { Explained } from "../workers/explaining.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import { type Lane, type ListeningLane, lanesOf } from "./lane.ts";
import { Opening } from "./opening.ts";
import { checkOptions, InvalidOptions, type ProxyOptions } from "./options.ts";
import { type Purging, purgeOf } from "./purging.ts";
import { type Unrecorded, UnrecordedRequests } from "./unrecorded.ts";

export type { Explained, Stats };

/** What a question about a request says of it besides its URL. */
export type Asked = {
  /** GET where it is left out. */
  readonly method?: string;
  /** Credentials in them are not repeated in the answer. */
  readonly headers?: Headers | Readonly<Record<string, string>>;
};

/** A proxy in this process. */
export type CachingProxy = AsyncDisposable & {
  /**
   * Answers a request, by no socket. Needs no `this`, so that it can be handed to whatever takes a handler: `export default { fetch }`,
   * a route of Hono. The admin paths and PURGE answer only where there is an `adminToken`, since nobody knows who asks here.
   * @throws TypeError where a rule lets the client have no answer, what the request's signal was aborted with, or what `listen` throws but for ports
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Listens, at any free port of the loopback addresses where the options name no other.
   * @throws InvalidOptions of a config file, or an error that says which store, folder or log file cannot be used; the system's error
   * (with its `code`: EADDRINUSE, EACCES …) where the port cannot be had. The proxy is closed then.
   */
  listen(): Promise<ListeningProxy>;
  /**
   * The exchanges that passed, the newest last; of more than 4096 the oldest are forgotten. The proxy's own paths are left out.
   * @param filter leaves out what it does not want: `status>=500 or miss`, `path~/users* method=POST`
   * @throws InvalidOptions where the filter cannot be read
   */
  requests(filter?: string): readonly Exchange[];
  /**
   * Puts a rule before all others, for requests that come from now on, in all lanes; only a lane's own stand before it.
   * @returns takes it away again when it is disposed of
   * @throws InvalidOptions where it is no rule
   */
  rule(rule: WrittenRule): Disposable;
  /**
   * Switches a scenario on in the default lane, or with null what is on off: rules and fixtures that ask for it count from the next request on.
   * @throws InvalidOptions where no rule and no fixture asks for it; before anything is open, that is what opening rejects with
   */
  scenario(name: string | null): void;
  /**
   * What one of several tests that share the proxy has for itself: rules, scenario, chance and exchanges, over one cache and one folder of fixtures.
   * @param name 1 to 63 of a-z, 0-9 and -
   * @throws InvalidOptions for another one
   */
  lane(name: string): Lane;
  /** Counters, the cache's size, the origin's quotas and more. */
  stats(): Promise<Stats>;
  /**
   * Drops what is stored for a URL, or for whatever else is named, or marks it stale.
   * @returns how many responses that were
   * @throws InvalidOptions where it names nothing of the proxy or its origin
   */
  purge(what: Purging): Promise<number>;
  /**
   * Drops all that is stored.
   * @returns how many responses that were
   */
  clear(): Promise<number>;
  /** The requests that no fixture answered with `frozen`, each once, with the nearest fixture and what differs; also once it is closed. */
  unrecorded(): readonly Unrecorded[];
  /** The files of the fixtures that nobody has asked for so far, below their folder, in alphabetical order; also once it is closed. */
  unused(): readonly string[];
  /**
   * Tells what would be done with a request and why. Nothing is fetched or changed.
   * @param url a URL or a path, of the proxy or of the origin
   * @throws InvalidOptions where that is neither
   */
  explain(url: string, asked?: Asked): Promise<Explained>;
  /** Takes nothing new, and lets what is in flight finish for at most a second. Never rejects for what was answered or not. */
  close(): Promise<void>;
};

/** A proxy that listens. */
export type ListeningProxy = Omit<CachingProxy, "lane"> & {
  /** As of one that does not listen, with a URL of its own. */
  lane(name: string): ListeningLane;
  /** With a slash at its end, so that `${url}products/1` is a URL of the proxy. */
  readonly url: URL;
  /** The one in use, also where the options say 0. */
  readonly port: number;
};

/** How long what is in flight may take as a proxy closes, in ms. */
const GRACE = 1000;

/**
 * Makes a proxy in this process. Nothing is opened before something is wanted of it.
 * @param options by the names and with the values of a config file
 * @throws InvalidOptions where an option is unknown or its value means nothing
 */
export function createProxy(options: ProxyOptions): CachingProxy {
  const checked = checkOptions(options);
  const opening = new Opening(checked);
  const { lane, switchTo } = lanesOf(opening);
  let own: URL | undefined;
  let wasAsked = false;
  let closed: Promise<void> | undefined;
  let listening: Promise<ListeningProxy> | undefined;
  const publicOrigin = (): string => (own?.protocol === "unix:" ? undefined : own?.origin) ?? "http://localhost";

  async function listen(): Promise<ListeningProxy> {
    try {
      const { url, port } = await (await opening.open()).listen();
      own = url;
      const addressed = (name: string): ListeningLane => {
        const of = lane(name);
        return { ...of, url: new URL(`${url.protocol}//${name}.localhost:${port}`) };
      };
      return { ...proxy, lane: addressed, url, port };
    } catch (error) {
      await proxy.close();
      throw error;
    }
  }

  async function close(): Promise<void> {
    await opening.close(GRACE);
    const unrecorded = opening.proxy?.fixtureUse()?.unrecorded ?? [];
    if (unrecorded.length > 0 && !wasAsked) checked.onError(new UnrecordedRequests(unrecorded));
  }

  const proxy: CachingProxy = {
    fetch: (request) => opening.answer(request),
    listen() {
      listening ??= listen();
      return listening;
    },
    requests(filter = "") {
      const passed = opening.proxy?.controls.passed(filter) ?? [];
      if ("why" in passed) throw new InvalidOptions(passed.why);
      return passed.map(exchangeOf);
    },
    rule(written) {
      const read = checkRule(written, "proxy.rule()");
      if (!read.ok) throw new InvalidOptions(read.message);
      const { value: rule } = read;
      opening.rules = [rule, ...opening.rules];
      return {
        [Symbol.dispose]() {
          opening.rules = opening.rules.filter((one) => one !== rule);
        },
      };
    },
    scenario: (name) => switchTo(DEFAULT_LANE, name),
    lane,
    stats: async () => (await opening.open()).controls.stats(),
    async purge(what) {
      const { wish, how } = purgeOf(what);
      const purged = await (await opening.open()).controls.purge(wish, how, publicOrigin());
      if (purged.type === "refused") throw new InvalidOptions(`purge: ${purged.why}`);
      return purged.purged;
    },
    clear: async () => (await opening.open()).controls.clear(),
    unrecorded() {
      wasAsked = true;
      return opening.proxy?.fixtureUse()?.unrecorded ?? [];
    },
    unused: () => opening.proxy?.fixtureUse()?.unused ?? [],
    async explain(url, { method = "GET", headers } = {}) {
      const { explaining } = (await opening.open()).controls;
      const explained = await explaining.one(wonderedOf(url, method, headers), publicOrigin());
      if ("type" in explained) throw new InvalidOptions(`explain: ${explained.why}`);
      return explained;
    },
    close() {
      closed ??= close();
      return closed;
    },
    [Symbol.asyncDispose]: () => proxy.close(),
  };
  return proxy;
}

function wonderedOf(url: string, method: string, headers: Asked["headers"]): Wondered {
  const parameters = new URLSearchParams({ url, method });
  for (const [name, value] of new Headers(headers)) parameters.append("header", `${name}: ${value}`);
  const wondered = readWondered(parameters);
  if ("problem" in wondered) throw new InvalidOptions(`explain: ${wondered.problem.detail}`);
  return wondered;
}
