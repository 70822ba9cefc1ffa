import type { Group } from "../../caching/group.ts";
import { Members } from "./members.ts";
import { ShardedMap } from "./sharded-map.ts";

/** Finds what belongs to a group, by its number, in time that does not grow with how much there is. What belongs to none takes no room. */
export class GroupIndex {
  /** What is alone in its group, as is common where groups are fine, needs no set, which weighs more than all the rest of its place here. */
  readonly #members = new ShardedMap<Group, number | Members<number>>();

  /** @param groups those of the item, each once */
  add(item: number, groups: readonly Group[]): void {
    for (const group of groups) {
      const members = this.#members.get(group);
      if (members === undefined) this.#members.set(group, item);
      else if (members instanceof Members) members.add(item);
      else {
        const both = new Members<number>();
        both.add(members);
        both.add(item);
        this.#members.set(group, both);
      }
    }
  }

  /** An item that is not in the index, or no longer, is let be. */
  remove(item: number, groups: readonly Group[]): void {
    for (const group of groups) {
      const members = this.#members.get(group);
      const last = members instanceof Members ? members.delete(item) && members.size === 0 : members === item;
      if (last) this.#members.delete(group);
    }
  }

  /** Takes out a group: its members, which are in their other groups still. */
  take(group: Group): Members<number> {
    const members = this.#members.get(group);
    this.#members.delete(group);
    if (members instanceof Members) return members;
    const taken = new Members<number>();
    if (members !== undefined) taken.add(members);
    return taken;
  }

  /** The members of a group, which stay; what comes and goes meanwhile may be among them or not. */
  members(group: Group): Iterable<number> {
    const members = this.#members.get(group);
    return members instanceof Members ? members : members === undefined ? [] : [members];
  }

  /** How many groups have members. */
  get size(): number {
    return this.#members.size;
  }

  /** Lets go of everything, at once. */
  clear(): void {
    this.#members.clear();
  }
}
