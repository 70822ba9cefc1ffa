import { type CacheKey, writtenKey } from "../../caching/key.ts";
import type { Extent } from "../../caching/purge.ts";
import type { GroupIndex } from "./group-index.ts";
import { next } from "./key-order.ts";
import type { Node, Nodes } from "./nodes.ts";
import { NONE } from "./numbers.ts";
import type { Slots } from "./slots.ts";
import { PAGE, type Page } from "./sweeps.ts";

/** What an extent may cover, page by page, in time that goes with that; each page is of the moment at which it is asked for. */
export function* pagesOf(what: Extent, slots: Slots, nodes: Nodes, groups: GroupIndex): Iterable<Page> {
  switch (what.type) {
    case "group": {
      const members = groups.members(what.group)[Symbol.iterator]();
      for (let page = some(members, nodes); page.length > 0; page = some(members, nodes)) {
        yield page.map((node) => ({ key: writtenKey(nodes.packed.keyOf(node)), node }));
      }
      return;
    }
    case "key": {
      const slot = slots.get(what.key);
      if (slot !== NONE) yield [...slots.nodes(slot)].map((node) => ({ key: what.key, node }));
      return;
    }
    case "prefix":
    case "pattern":
      yield* range(what.prefix, slots);
      return;
    case "everything":
      yield* range("", slots);
  }
}

function* range(prefix: string, slots: Slots): Iterable<Page> {
  for (let at: string | undefined = prefix; at !== undefined; ) {
    const page: { readonly key: CacheKey; readonly node: Node }[] = [];
    let last: string | undefined;
    for (const slot of slots.from(at)) {
      const key = writtenKey(slots.keyOf(slot));
      if (!key.startsWith(prefix)) break;
      for (const node of slots.nodes(slot)) page.push({ key, node });
      if (page.length < PAGE) continue;
      last = next(key);
      break;
    }
    yield page;
    at = last;
  }
}

/**
 * Some of what is left to iterate over; what went meanwhile is not looked at. A group that is dropped meanwhile is iterated over to its end, and
 * what has a number of it by then came since, which is no matter of the sweep.
 */
function some(members: Iterator<Node>, nodes: Nodes): readonly Node[] {
  const page: Node[] = [];
  while (page.length < PAGE) {
    const { value, done } = members.next();
    if (done) break;
    if (nodes.packed.has(value)) page.push(value);
  }
  return page;
}
