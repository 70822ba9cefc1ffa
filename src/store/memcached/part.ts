import type { Group } from "../../caching/group.ts";
import type { CacheKey } from "../../caching/key.ts";
import type { Clock } from "../../caching/moment.ts";
import type { Policy } from "../../caching/policy.ts";
import { type Purge, softened } from "../../caching/purge.ts";
import { comesTooLate, type Outline, replaces, type StoredResponse } from "../../caching/stored.ts";
import type { Milliseconds } from "../../http/date.ts";
import { type ReadHead, readHead, sealOf, writeHead } from "../portable.ts";
import { timeToLive } from "../remote/time-to-live.ts";
import { MOST_PIECES, PIECE, readBodies, writeBody } from "./bodies.ts";
import {
  carriedOf,
  type Generation,
  lot,
  newborn,
  precedes,
  purged,
  readGeneration,
  standing,
  verdict,
  writeGeneration,
} from "./generation.ts";
import type { Item } from "./line.ts";
import type { Names } from "./names.ts";
import { groupsHere, type KeyRecord, MARKED, readRecord, type Variant, writeRecord } from "./record.ts";
import type { Server } from "./server.ts";

/** How often something is tried that others overtake. */
const ATTEMPTS = 10;
/** Pieces of a body are kept so much longer than what refers to them, in seconds. */
const SLACK = 60;

export type PartParts = {
  readonly server: Server;
  readonly names: Names;
  readonly self: string;
  readonly clock: Clock;
  readonly policy: Policy;
};

/** A variant that counts, with its head as soft purges left it. */
type Held = { readonly variant: Variant; readonly head: ReadHead };

/** What lies under a key, as it was found. */
type Seen = {
  readonly item: Item | undefined;
  readonly record: KeyRecord;
  readonly all: Generation | undefined;
  readonly groups: ReadonlyMap<Group, Generation>;
  readonly held: readonly Held[];
};

/** What one server of a namespace holds. Each is complete in itself, so that one that is away takes nothing with it but what it holds. */
export class Part {
  readonly #parts: PartParts;
  #damaged = 0;

  constructor(parts: PartParts) {
    this.#parts = parts;
  }

  /** How many bodies were not what was written. */
  get damaged(): number {
    return this.#damaged;
  }

  /** The responses under a key, with what each takes in bytes; none while the server is away. */
  async get(key: CacheKey): Promise<readonly { readonly stored: StoredResponse; readonly bytes: number }[]> {
    const { server, names, clock } = this.#parts;
    if (server.isPassedOver()) return [];
    const until = clock().steady + server.patience.read;
    const { held } = await this.#see(key, [], () => until - clock().steady);
    let steps = 0;
    // As long as a large body comes on, it is waited for.
    const patience = (): Milliseconds => (steps++ === 0 ? until - clock().steady : server.patience.read);
    const wanted = held.map(({ variant, head }) => ({ id: variant.body, seal: head.body }));
    const bodies = await readBodies(server, names, wanted, patience);
    return held.flatMap(({ variant, head }, i) => {
      const body = bodies[i];
      if (body === "damaged") this.#damaged++;
      if (!(body instanceof Blob)) return [];
      return [{ stored: { ...head.stored, body }, bytes: variant.head.length + body.size }];
    });
  }

  put(stored: StoredResponse): Promise<void> {
    return this.#parts.server.write(() => this.#put(stored));
  }

  /** Drops what lies under a key, or marks it stale; how many responses that were. */
  async purgeKey(key: CacheKey, how: Purge["how"]): Promise<number> {
    const { server, names, clock } = this.#parts;
    return server.invalidate(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const { item, held } = await this.#see(key, [], () => server.patience.purge);
        const variants = how === "hard" ? [] : held.map((one) => this.#softened(one));
        const bytes = writeRecord({ key, mark: server.mark(), variants }) ?? Buffer.alloc(0);
        const seconds = Math.max(MARKED, ...variants.map(({ until }) => until - clock().wall)) / 1000;
        if (await this.#replace(names.key(key), bytes, seconds, item)) return held.length;
      }
      throw new Error(`others wrote ${key} ${ATTEMPTS} times meanwhile`);
    });
  }

  /** Drops all of a group, or everything, or marks it stale; nobody knows how much that is. */
  async purgeAll(what: Group | "everything", how: Purge["how"]): Promise<number> {
    const { server, names } = this.#parts;
    const name = what === "everything" ? names.all : names.group(what);
    return server.invalidate(async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const item = (await server.step(server.patience.purge, server.reads.gets([name]))).get(name);
        const generation = purged(readGeneration(item?.bytes), how, server.mark());
        if (await this.#replace(name, writeGeneration(generation), 0, item)) return 0;
      }
      throw new Error(`others wrote ${name} ${ATTEMPTS} times meanwhile`);
    });
  }

  /**
   * What lies under a key.
   * @param also groups to be looked up besides those of what is found
   * @param patience for the next step
   */
  async #see(key: CacheKey, also: readonly Group[], patience: () => Milliseconds): Promise<Seen> {
    const { server, names, clock, policy } = this.#parts;
    const items = await server.step(patience(), server.reads.gets([names.all, names.key(key)]));
    const item = items.get(names.key(key));
    const record = readRecord(item?.bytes, key);
    const all = readGeneration(items.get(names.all)?.bytes);
    const rest = record.variants.filter((variant) => standing(variant.all, all) !== "gone");
    const groups = await this.#generations(
      [...rest.flatMap((variant) => variant.groups.map(([group]) => group)), ...also],
      patience,
    );
    const held = rest.flatMap((variant): Held[] => {
      const ofGroups = variant.groups.map(([group, carried]) => [carried, groups.get(group)] as const);
      const said = verdict([[variant.all, all], ...ofGroups]);
      if (said.type === "gone") return [];
      const now = clock();
      const head = readHead(variant.head, key, now, policy);
      if (head === undefined) return [];
      if (said.type === "counts") return [{ variant, head }];
      // As of the purge and not of this look at it, so that it does not begin to be stale with each.
      const then = { wall: said.at, steady: now.steady - (now.wall - said.at) };
      return [{ variant, head: { ...head, stored: softened(head.stored, then) } }];
    });
    return { item, record, all, groups, held };
  }

  async #generations(groups: readonly Group[], patience: () => Milliseconds): Promise<ReadonlyMap<Group, Generation>> {
    const { server, names } = this.#parts;
    const known = new Map<Group, Generation>();
    if (groups.length === 0) return known;
    const distinct = [...new Set(groups)];
    const items = await server.step(patience(), server.reads.gets(distinct.map((group) => names.group(group))));
    for (const group of distinct) {
      const generation = readGeneration(items.get(names.group(group))?.bytes);
      if (generation !== undefined) known.set(group, generation);
    }
    return known;
  }

  /** The generation of what had none. */
  async #born(name: string): Promise<Generation> {
    const { server } = this.#parts;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const item = (await server.step(server.patience.write, server.reads.gets([name]))).get(name);
      const known = readGeneration(item?.bytes);
      if (known !== undefined) return known;
      const generation = newborn();
      if (await this.#replace(name, writeGeneration(generation), 0, item)) return generation;
    }
    throw new Error(`others wrote ${name} ${ATTEMPTS} times meanwhile`);
  }

  /** Writes an item unless somebody else has written it since it was found, or found missing; whether it did. */
  #replace(name: string, bytes: Buffer, seconds: number, found: Item | undefined): Promise<boolean> {
    const { server } = this.#parts;
    const { reads } = server;
    const writing = found === undefined ? reads.add(name, bytes, seconds) : reads.cas(name, bytes, seconds, found);
    return server.step(server.patience.write, writing);
  }

  async #write(stored: StoredResponse, until: number, ttl: Milliseconds): Promise<Omit<Variant, "all" | "groups">> {
    const { server, names, self } = this.#parts;
    const body = lot();
    const head = writeHead(stored, await sealOf(stored.body));
    await writeBody(server, names, { id: body, body: stored.body, seconds: ttl / 1000 + SLACK }, server.patience.write);
    return { head, asker: self, sentAt: stored.sentAt, until, body };
  }

  async #put(stored: StoredResponse): Promise<void> {
    const { server, names, self, clock } = this.#parts;
    const now = clock();
    const ttl = timeToLive(stored.reading, now.wall);
    const until = now.wall + ttl;
    const askedAt = now.wall - (now.steady - stored.sentAt);
    const ofGroups = groupsHere(stored);
    let written: Omit<Variant, "all" | "groups"> | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const seen = await this.#see(stored.key, ofGroups, () => server.patience.write);
      const all = seen.all ?? (await this.#born(names.all));
      const groups = await Promise.all(
        ofGroups.map(
          async (group) => [group, seen.groups.get(group) ?? (await this.#born(names.group(group)))] as const,
        ),
      );
      const marks = [seen.record.mark, all.mark, ...groups.map(([, { mark }]) => mark)];
      if (marks.some((mark) => precedes(askedAt, mark, self))) return;
      const rivals = seen.held.filter(({ variant }) => variant.until > now.wall);
      if (rivals.some((rival) => comesTooLate(stored, this.#outline(rival)))) return;
      if (stored.body.size > PIECE * MOST_PIECES) return this.#refuse(stored.key);
      written ??= await this.#write(stored, until, ttl);
      const variant: Variant = {
        ...{ ...written, all: carriedOf(all) },
        groups: groups.map(([group, generation]) => [group, carriedOf(generation)]),
      };
      const kept = rivals.filter((rival) => !replaces(stored, this.#outline(rival))).map((rival) => rival.variant);
      const { mark } = seen.record;
      const isMarked = mark !== undefined && mark.at + MARKED > now.wall;
      const variants = [variant, ...kept];
      const bytes = writeRecord({ key: stored.key, mark: isMarked ? mark : undefined, variants });
      if (bytes === undefined) return this.#refuse(stored.key);
      const seconds =
        (Math.max(...variants.map((one) => one.until), isMarked ? mark.at + MARKED : 0) - now.wall) / 1000;
      if (await this.#replace(names.key(stored.key), bytes, seconds, seen.item)) return;
    }
    throw new Error(`others wrote ${stored.key} ${ATTEMPTS} times meanwhile`);
  }

  /** What is too large is not kept; what it would have replaced is outdated all the same. */
  async #refuse(key: CacheKey): Promise<void> {
    await this.purgeKey(key, "hard");
  }

  #softened({ variant, head }: Held): Variant {
    return { ...variant, head: writeHead(softened(head.stored, this.#parts.clock()), head.body) };
  }

  /** What it is compared by; what another process put counts as asked for before anything of this one. */
  #outline({ variant, head }: Held): Outline {
    const sentAt = variant.asker === this.#parts.self ? variant.sentAt : Number.NEGATIVE_INFINITY;
    return { ...head.stored, body: head.body, sentAt };
  }
}
