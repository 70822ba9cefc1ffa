import type { Moment } from "../../../src/caching/moment.ts";
import { lot } from "../../../src/store/memcached/generation.ts";
import { type Address, lines } from "../../../src/store/memcached/line.ts";
import { MemcachedStore, type Share } from "../../../src/store/memcached/memcached-store.ts";
import { Names } from "../../../src/store/memcached/names.ts";
import { Part } from "../../../src/store/memcached/part.ts";
import { type Patience, Server } from "../../../src/store/memcached/server.ts";

/** A store in memcached as the proxy opens it, with the time and what it reports in the hands of a test. */
export type Opened = {
  readonly store: MemcachedStore;
  readonly names: Names;
  /** What a person was told, a line each. */
  readonly told: string[];
  /** Sets the time of this process. */
  readonly set: (moment: Moment) => void;
  /** Lets the servers that are away be tried again; resolves when they answer. */
  readonly back: () => Promise<void>;
};

/** So long nothing takes but what never comes. */
const LENIENT: Patience = { read: 20_000, write: 20_000, purge: 20_000 };

/** @param namespace one of its own unless it is given */
export async function openStore(
  stack: AsyncDisposableStack,
  addresses: readonly Address[],
  namespace: string = crypto.randomUUID(),
  patience: Patience = LENIENT,
): Promise<Opened> {
  let now: Moment = { wall: 10_000, steady: 10_000 };
  const clock = (): Moment => now;
  const told: string[] = [];
  const [names, self] = [new Names(namespace), lot()];
  const policy = { defaultTtl: 0, maxEntrySize: Number.POSITIVE_INFINITY };
  let again = Promise.withResolvers<void>();
  const shares = await Promise.all(
    addresses.map(async (address): Promise<Share> => {
      const name = `${address.host}:${address.port}`;
      const [reads, writes] = await lines(address, () => now.wall);
      const server = new Server({
        ...{ reads, writes, names, self, clock, patience, shown: name },
        report: (error) => told.push(error instanceof Error ? error.message : String(error)),
        sleep: () => again.promise,
      });
      await server.start();
      return { name, server, part: new Part({ server, names, self, clock, policy }) };
    }),
  );
  const store = new MemcachedStore(shares);
  stack.defer(() => store[Symbol.asyncDispose]());
  return {
    ...{ store, names, told },
    set: (moment) => {
      now = moment;
    },
    async back() {
      while (shares.some(({ server }) => server.isAway)) {
        again.resolve();
        again = Promise.withResolvers();
        await Bun.sleep(1);
      }
    },
  };
}
