import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import { hashOf } from "../namespace.ts";

/** Counted up whenever what lies in memcached is laid out otherwise: older proxies and newer ones then never meet. */
const LAYOUT = 1;

/** What the items of a namespace are called; a name has neither spaces nor more than 250 bytes. */
export class Names {
  readonly #prefix: string;
  /** The generation of everything. */
  readonly all: string;

  constructor(namespace: string) {
    this.#prefix = `caching-proxy:${LAYOUT}:${namespace}:`;
    this.all = `${this.#prefix}all`;
  }

  /** What lies under a key. */
  key(key: CacheKey): string {
    return `${this.#prefix}key:${hashOf(key)}`;
  }

  /** The generation of a group. */
  group(group: Group): string {
    return `${this.#prefix}group:${hashOf(group)}`;
  }

  /** A piece of a body. */
  piece(id: string, index: number): string {
    return `${this.#prefix}body:${id}:${index}`;
  }
}
