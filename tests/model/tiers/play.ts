import { serveFlags } from "../../../src/config/flags.ts";
import { gather } from "../../../src/config/given.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { type RunningServer, startServer } from "../../../src/server.ts";
import type { Crew } from "../../../src/workers/crew.ts";
import { until } from "../../sharing/until.ts";
import { crewOf } from "../../workers/crew-of.ts";
import { History } from "./history.ts";
import { PAGES, PATHS, type Site, startSite } from "./site.ts";

/** What happens. Whoever it is done to, by whom and what is counted over what there is. */
export type Deed =
  | { readonly type: "get"; readonly by: number; readonly path: number; readonly as: number; readonly how: number }
  | { readonly type: "purge"; readonly by: number; readonly path: number; readonly as: number; readonly soft: boolean }
  | { readonly type: "delete"; readonly by: number; readonly path: number }
  | { readonly type: "restart"; readonly by: number }
  | { readonly type: "trouble"; readonly by: number }
  | { readonly type: "wait"; readonly by: number };

/** Where proxies keep things, and what may befall it. */
export type Ground = {
  /** What `--store` says. */
  readonly store: string;
  /** Workers of one proxy start and end together; proxies each for itself. */
  readonly as: "workers" | "proxies";
  /** Makes trouble, until the returned function is called. */
  readonly trouble: (which: number) => Promise<() => Promise<void>>;
};

/** What a client sends. */
type Sent = { readonly method?: string; readonly headers?: Readonly<Record<string, string>> };

const COUNT = 2;
const LANGUAGES = ["en", "de", "fr"];

/** What came of it: what was served and must not be, and how many hits there were. */
export type Outcome = { readonly faults: readonly string[]; readonly hits: number };

/** Plays it to the end. */
export async function play(deeds: readonly Deed[], ground: Ground): Promise<Outcome> {
  await using stack = new AsyncDisposableStack();
  const site = startSite(stack);
  const game = new Game(site, ground);
  await game.start();
  stack.defer(() => game.stop());
  for (const deed of deeds) await game.do(deed);
  await game.rest();
  return { faults: game.faults, hits: game.hits };
}

class Game {
  readonly faults: string[] = [];
  hits = 0;
  readonly #site: Site;
  readonly #ground: Ground;
  readonly #history = new History();
  #servers: RunningServer[] = [];
  #under: Promise<unknown>[] = [];
  /** Ends the trouble that there is. */
  #calm: (() => Promise<void>) | undefined;
  /** What was let go of meanwhile, of which the other one hears once it is over. */
  #late: Map<number, number>[] = [];

  constructor(site: Site, ground: Ground) {
    this.#site = site;
    this.#ground = ground;
  }

  async start(): Promise<void> {
    const crews: readonly (Crew | undefined)[] = this.#ground.as === "workers" ? crewOf(COUNT) : [undefined, undefined];
    this.#servers = await Promise.all(crews.map((crew) => this.#startOne(crew)));
  }

  async stop(): Promise<void> {
    await this.#calmed();
    await Promise.all(this.#servers.map((server) => server.stop(1000)));
  }

  /** Everything that is under way ends. */
  async rest(): Promise<void> {
    await this.#calmed();
    await Promise.all(this.#under);
    this.#under = [];
  }

  async do(deed: Deed): Promise<void> {
    const by = deed.by % COUNT;
    switch (deed.type) {
      case "get":
        this.#under.push(this.#get(by, deed));
        return;
      case "wait":
        if (by === 0) await Bun.sleep(8);
        else await Promise.all(this.#under);
        return;
      case "purge":
        return this.#purge(by, deed);
      case "delete": {
        const path = PATHS[deed.path % PATHS.length] ?? "";
        return this.#letGo(
          by,
          (one) => one === path,
          true,
          async () => {
            const { status } = await this.#ask(by, path, { method: "DELETE" });
            if (status !== 204) this.faults.push(`DELETE ${path}: ${status}`);
          },
        );
      }
      case "trouble":
        if (this.#calm !== undefined) return this.#calmed();
        this.#calm = await this.#ground.trouble(deed.by);
        return;
      case "restart":
        await this.rest();
        if (this.#ground.as === "workers") {
          await this.stop();
          return this.start();
        }
        await this.#servers[by]?.stop(1000);
        this.#servers[by] = await this.#startOne(undefined);
    }
  }

  async #startOne(crew: Crew | undefined): Promise<RunningServer> {
    const flags = { origin: this.#site.url, port: "0", log: "off", store: this.#ground.store };
    const settings = resolveSettings(gather(serveFlags, flags, {}), false);
    if (!settings.ok) throw new Error(settings.message);
    // A tier that fails says so.
    return startServer({ ...settings.value, maxSize: 1024 * 1024 }, () => undefined, crew);
  }

  async #calmed(): Promise<void> {
    const calm = this.#calm;
    this.#calm = undefined;
    if (calm === undefined) return;
    await calm();
    if (this.#ground.as === "workers") return;
    for (const [by] of this.#servers.entries())
      await until("Redis is back", async () => (await this.#heard(by)).connected && !(await this.#isFailing(by)));
    // What could not be announced is, before what comes now.
    for (const [by] of this.#servers.entries()) {
      await this.#letGo(
        by,
        () => false,
        false,
        () => this.#command(by, { url: "/nothing" }),
      );
    }
    const heard = this.#history.tick();
    for (const one of this.#late) for (const [by] of this.#servers.entries()) one.set(by, one.get(by) ?? heard);
    this.#late = [];
  }

  async #get(by: number, { path: which, as, how }: Extract<Deed, { type: "get" }>): Promise<void> {
    const path = PATHS[which % PATHS.length] ?? "";
    const page = PAGES[path];
    const who = LANGUAGES[as % LANGUAGES.length] ?? "";
    const headers: Record<string, string> = { "x-lang": who };
    if (page?.by === "authorization" || how % 8 === 1) headers.authorization = who;
    if (how % 8 === 2) headers.range = "bytes=10-29";
    if (how % 8 === 3) headers["cache-control"] = "no-cache";
    const method = how % 8 === 4 ? "HEAD" : "GET";
    const query = path === "/queried" ? `?utm=${as % 3}` : "";
    const of = page?.by === undefined ? "all" : (headers[page.by] ?? "none");
    const asked = this.#history.tick();
    const response = await this.#ask(by, path + query, { method, headers });
    const { status, headers: fields } = response;
    const body = await response.text();
    if (fields.get("x-cache") === "HIT") this.hits++;
    const fault = this.#history.fault({ from: by, path, of, asked, method, fields, status, body });
    if (fault !== undefined) this.faults.push(fault);
  }

  #purge(by: number, { path: which, as, soft }: Extract<Deed, { type: "purge" }>): Promise<void> {
    const path = PATHS[which % PATHS.length] ?? "";
    const start = path.slice(0, 3);
    const tag = which % 2 === 0 ? "odd" : "even";
    const isTagged = (one: string): boolean =>
      ["cache-tag", "surrogate-key", "cache-groups"].some((name) => PAGES[one]?.fields[name]?.includes(tag));
    const wishes: readonly (readonly [object, (one: string) => boolean])[] = [
      [{ url: path }, (one) => one === path],
      [{ prefix: start }, (one) => one.startsWith(start)],
      [{ pattern: `${start}*` }, (one) => one.startsWith(start)],
      [{ tag }, isTagged],
      [{ everything: true }, () => true],
    ];
    const [wish, covers] = wishes[as % wishes.length] ?? [{}, () => false];
    return this.#letGo(by, covers, false, () => this.#command(by, { ...wish, ...(soft ? { soft } : {}) }));
  }

  async #letGo(by: number, covers: (path: string) => boolean, changes: boolean, run: () => Promise<void>) {
    const heard = await this.#heard(1 - by);
    const since = new Map<number, number>();
    const before = this.#site.last();
    await run();
    since.set(by, this.#history.tick());
    this.#history.add({ covers, changes, upTo: before, since });
    if (this.#ground.as === "workers" || this.#calm !== undefined) {
      if (this.#ground.as === "workers") since.set(1 - by, this.#history.tick());
      else this.#late.push(since);
      return;
    }
    await until("the other has heard", async () => (await this.#heard(1 - by)).count > heard.count);
    // A tag may be two groups.
    await Bun.sleep(2);
    since.set(1 - by, this.#history.tick());
  }

  async #command(by: number, wish: object): Promise<void> {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${this.#at(by)}/__admin/purge`, {
      method: "POST",
      headers,
      body: JSON.stringify(wish),
    });
    const text = await response.text();
    if (response.status !== 200) this.faults.push(`purge ${JSON.stringify(wish)}: ${response.status} ${text}`);
  }

  /** How much a proxy has heard of the others. */
  async #heard(by: number): Promise<{ readonly connected: boolean; readonly count: number }> {
    if (this.#ground.as === "workers") return { connected: true, count: 0 };
    const { otherProxies } = await this.#stats(by);
    return { connected: otherProxies.connected, count: otherProxies.heard + otherProxies.forgotten };
  }

  async #isFailing(by: number): Promise<boolean> {
    return (await this.#stats(by)).store.state !== "working";
  }

  async #stats(by: number) {
    return JSON.parse(await (await fetch(`${this.#at(by)}/__admin/stats`)).text());
  }

  /** By a name that all have together. */
  #ask(by: number, path: string, { method = "GET", headers = {} }: Sent): Promise<Response> {
    return fetch(this.#at(by) + path, { method, headers: { ...headers, host: "cache.example" } });
  }

  #at(by: number): string {
    return `http://127.0.0.1:${this.#servers[by]?.port}`;
  }
}
