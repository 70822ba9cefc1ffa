import { type CacheKey, writtenKey } from "../../caching/key.ts";
import type { Extent } from "../../caching/purge.ts";
import type { GroupIndex } from "./group-index.ts";
import { next } from "./key-order.ts";
import type { Node } from "./slot.ts";
import type { Slots } from "./slots.ts";
import { PAGE, type Page } from "./sweeps.ts";

/** What an extent may cover, page by page, in time that goes with that; each page is of the moment at which it is asked for. */
export function* pagesOf(what: Extent, slots: Slots, groups: GroupIndex<Node>): Iterable<Page<Node>> {
  switch (what.type) {
    case "group": {
      const members = groups.members(what.group)[Symbol.iterator]();
      for (let page = some(members); page.length > 0; page = some(members)) {
        yield page.map((item) => ({ key: writtenKey(item.key), item }));
      }
      return;
    }
    case "key": {
      const slot = slots.get(what.key);
      if (slot !== undefined) yield [...slot.nodes()].map((item) => ({ key: what.key, item }));
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

function* range(prefix: string, slots: Slots): Iterable<Page<Node>> {
  for (let at: string | undefined = prefix; at !== undefined; ) {
    const page: { readonly key: CacheKey; readonly item: Node }[] = [];
    let last: string | undefined;
    for (const slot of slots.from(at)) {
      const key = writtenKey(slot.key);
      if (!key.startsWith(prefix)) break;
      for (const item of slot.nodes()) page.push({ key, item });
      if (page.length < PAGE) continue;
      last = next(key);
      break;
    }
    yield page;
    at = last;
  }
}

/** Some of what is left to iterate over; what is released meanwhile is not looked at. */
function some(nodes: Iterator<Node>): readonly Node[] {
  const page: Node[] = [];
  while (page.length < PAGE) {
    const { value, done } = nodes.next();
    if (done) break;
    if (!value.isReleased) page.push(value);
  }
  return page;
}
