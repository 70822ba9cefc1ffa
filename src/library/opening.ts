import { resolve } from "node:path";
import { readConfigFile } from "../config/file.ts";
import { serveFlags } from "../config/flags.ts";
import type { Settings } from "../config/settings.ts";
import type { Rule } from "../rules/rule.ts";
import type { OpenProxy } from "../server.ts";
import { Direct } from "./direct.ts";
import { type CheckedOptions, InvalidOptions, settingsFrom } from "./options.ts";

/** A proxy of the library from the first that wants something of it on: until then nothing is opened, and no more than its options is loaded. */
export class Opening {
  readonly #options: CheckedOptions;
  readonly #direct = new Direct();
  #settings: Settings | undefined;
  #opened: Promise<OpenProxy> | undefined;
  #proxy: OpenProxy | undefined;
  #rules: readonly Rule[] = [];
  readonly #waiting: ((proxy: OpenProxy) => void)[] = [];
  #isClosed = false;

  /** @throws InvalidOptions where a value means nothing, unless a config file is to be read before */
  constructor(options: CheckedOptions) {
    this.#options = options;
    if (options.config === undefined) this.#settings = settingsFrom(options);
  }

  /** The proxy, also once it is closed; undefined where nobody has wanted anything of it yet. */
  get proxy(): OpenProxy | undefined {
    return this.#proxy;
  }

  /** Undefined where a config file has not been read yet. */
  get settings(): Settings | undefined {
    return this.#settings;
  }

  /** The rules that stand before those of the options. */
  get rules(): readonly Rule[] {
    return this.#rules;
  }

  set rules(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#proxy?.replaceRules?.([...rules, ...(this.#settings?.rules ?? [])]);
  }

  /** Does something with the proxy, as soon as it is open. */
  whenOpen(act: (proxy: OpenProxy) => void): void {
    if (this.#proxy === undefined) this.#waiting.push(act);
    else act(this.#proxy);
  }

  /** @throws InvalidOptions of a config file or of what waited for it to be open, TierUnusable, LogFileUnusable or FixturesUnusable */
  open(): Promise<OpenProxy> {
    if (this.#isClosed) return Promise.reject(new Error("the proxy is closed"));
    this.#opened ??= this.#open();
    return this.#opened;
  }

  /** Answers a request that comes by no socket. */
  async answer(request: Request): Promise<Response> {
    const { handler, controls } = await this.open();
    const { adminToken, healthPath } = this.#settings ?? {};
    return this.#direct.answer(request, handler, ({ request: { method }, url: { pathname } }) => {
      const isAdmin = method === "PURGE" || (controls.isOwn(pathname) && pathname !== healthPath);
      return isAdmin && adminToken === undefined;
    });
  }

  /** Lets what is in flight finish for at most `grace` ms; what was never opened has nothing to close. */
  async close(grace: number): Promise<void> {
    this.#isClosed = true;
    // Why it could not be opened was said to who wanted it open.
    await Promise.allSettled([this.#opened]);
    await this.#proxy?.stop(grace);
  }

  async #open(): Promise<OpenProxy> {
    const settings = this.#settings ?? (await this.#fromFile());
    this.#settings = settings;
    const { openProxy } = await import("../server.ts");
    const proxy = await openProxy(settings, this.#options.onError, undefined, (request) => this.#direct.leave(request));
    this.#proxy = proxy;
    this.rules = this.#rules;
    for (const act of this.#waiting) act(proxy);
    return proxy;
  }

  async #fromFile(): Promise<Settings> {
    const folder = process.cwd();
    const path = resolve(folder, this.#options.config ?? "");
    const file = await readConfigFile(path, folder, 0, serveFlags, "installed");
    if (!file.ok) throw new InvalidOptions(file.message);
    return settingsFrom(this.#options, file.value);
  }
}
