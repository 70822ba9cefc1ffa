import type { Eviction } from "./eviction.ts";
import { LinkedNumbers, Links } from "./linked-numbers.ts";
import { NONE } from "./numbers.ts";

/** The least recently used goes first. */
export class LruEviction implements Eviction {
  readonly bytes = 0;
  readonly #links = new Links();
  readonly #list = new LinkedNumbers(this.#links);

  added(entry: number): void {
    this.#list.push(entry);
  }

  used(entry: number): void {
    if (entry === this.#list.newest) return;
    this.#list.remove(entry);
    this.#list.push(entry);
  }

  removed(entry: number): void {
    this.#list.remove(entry);
  }

  evict(spared: number): number {
    const victim = this.#list.oldestBut(spared);
    if (victim !== NONE) this.#list.remove(victim);
    return victim;
  }

  clear(): void {
    this.#list.clear();
    this.#links.clear();
  }
}
