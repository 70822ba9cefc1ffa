import { LinkedList } from "../../src/store/linked-list.ts";
import type { Entry } from "./entry.ts";

/** A list of entries that knows its number and what is in it. */
export class Queue {
  readonly #list = new LinkedList<Entry>();
  readonly #number: number;
  bytes = 0;

  constructor(number: number) {
    this.#number = number;
  }

  get oldest(): Entry | undefined {
    return this.#list.oldest;
  }

  push(entry: Entry): void {
    entry.queue = this.#number;
    this.bytes += entry.bytes;
    this.#list.push(entry);
  }

  remove(entry: Entry): void {
    this.bytes -= entry.bytes;
    this.#list.remove(entry);
  }
}
