import type { Group } from "../caching/group.ts";

/** Something that belongs to groups, which never change. */
export type Grouped = { readonly groups: readonly Group[] };

/** Finds what belongs to a group in time that grows with how much that is. What belongs to none takes no room. */
export class GroupIndex<T extends Grouped> {
  /** What is alone in its group, as is common where groups are fine, needs no set, which weighs more than all the rest of its place here. */
  readonly #members = new Map<Group, T | Set<T>>();

  /** Each group of an item is to be named once. */
  add(item: T): void {
    for (const group of item.groups) {
      const members = this.#members.get(group);
      if (members === undefined) this.#members.set(group, item);
      else if (members instanceof Set) members.add(item);
      else this.#members.set(group, new Set([members, item]));
    }
  }

  /** An item that is not in the index, or no longer, is let be. */
  remove(item: T): void {
    for (const group of item.groups) {
      const members = this.#members.get(group);
      const last = members instanceof Set ? members.delete(item) && members.size === 0 : members === item;
      if (last) this.#members.delete(group);
    }
  }

  /** The members of a group; those that are there now, whatever is removed while one looks at them. */
  of(group: Group): readonly T[] {
    const members = this.#members.get(group);
    return members === undefined ? [] : members instanceof Set ? [...members] : [members];
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
