import { type CacheKey, pathKey, ruleTextOf } from "../caching/key.ts";
import { type NoVarySearch, parseNoVarySearch } from "../http/no-vary-search.ts";
import { LastFew } from "./last-few.ts";

/** Paths that are remembered, rules of one path, and rules altogether; what is forgotten is a miss, and then known again. */
const PATHS = 100_000;
const RULES_OF_A_PATH = 8;
const RULES = 1000;

/** Texts may be long, so that only their hashes are kept; two of one hash cost a look that finds nothing. */
type Hash = number | bigint;

/** A rule of a path, by its hash, and since when it is known; in ms on the clock of `StoredResponse.sentAt`. */
type OfPath = { readonly rule: Hash; readonly since: number };

/** By which No-Vary-Search rules responses of a path are stored: under which keys an answer may lie. */
export class KnownRules {
  /** The hashes of their texts, the last learned first. */
  readonly #byPath = new LastFew<Hash, readonly OfPath[]>(PATHS);
  readonly #rules = new LastFew<Hash, NoVarySearch>(RULES);

  /** Whether no response has ever said anything. */
  get isEmpty(): boolean {
    return this.#byPath.size === 0;
  }

  /** The rules by which responses of this key's path are stored, the last learned first. */
  of(key: CacheKey): readonly NoVarySearch[] {
    const known = this.#byPath.get(Bun.hash(pathKey(key)));
    return known === undefined ? NONE : known.flatMap(({ rule }) => this.#rules.get(rule) ?? []);
  }

  /** Since when the rule of a shared key is known for its path; undefined where it is not, or the key is a URL's own. */
  since(key: CacheKey): number | undefined {
    const text = ruleTextOf(key);
    if (text === undefined) return undefined;
    const hash = Bun.hash(text);
    if (!this.#rules.has(hash)) return undefined;
    return this.#byPath.get(Bun.hash(pathKey(key)))?.find(({ rule }) => rule === hash)?.since;
  }

  /**
   * Notes the rule of a shared key, known from `now` on unless it was before; a URL's own key says nothing.
   * @returns whether it was not known for the path, or no longer
   */
  learn(key: CacheKey, now: number): "new" | "known" {
    const text = ruleTextOf(key);
    if (text === undefined) return "known";
    const hash = Bun.hash(text);
    const rule = this.#rules.get(hash) ?? parseNoVarySearch(text);
    if (rule === undefined) return "known";
    const before = this.since(key);
    const since = before ?? now;
    this.#rules.set(hash, rule);
    const path = Bun.hash(pathKey(key));
    const others = (this.#byPath.get(path) ?? []).filter((other) => other.rule !== hash);
    this.#byPath.set(path, [{ rule: hash, since }, ...others.slice(0, RULES_OF_A_PATH - 1)]);
    return before === undefined ? "new" : "known";
  }

  clear(): void {
    this.#byPath.clear();
    this.#rules.clear();
  }
}

const NONE: readonly NoVarySearch[] = [];
