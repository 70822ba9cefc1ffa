import { type Linked, LinkedList } from "../linked-list.ts";
import type { Eviction } from "./eviction.ts";

/** The least recently used goes first. */
export class LruEviction<T extends Linked<T>> implements Eviction<T> {
  readonly bytes = 0;
  readonly #list = new LinkedList<T>();

  added(entry: T): void {
    this.#list.push(entry);
  }

  used(entry: T): void {
    if (entry === this.#list.newest) return;
    this.#list.remove(entry);
    this.#list.push(entry);
  }

  removed(entry: T): void {
    this.#list.remove(entry);
  }

  evict(spared: T): T | undefined {
    const { oldest } = this.#list;
    const victim = oldest === spared ? spared.newer : oldest;
    if (victim !== undefined) this.#list.remove(victim);
    return victim;
  }

  clear(): void {
    this.#list.clear();
  }
}
