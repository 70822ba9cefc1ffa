import { pause } from "../remote/pause.ts";
import { type OpenTier, type TierSurroundings, TierUnusable } from "../tier.ts";
import { lot } from "./generation.ts";
import { introduction, isMemcached } from "./introduction.ts";
import { type Address, lines } from "./line.ts";
import { MemcachedStore, type Share } from "./memcached-store.ts";
import { Names } from "./names.ts";
import { Part } from "./part.ts";
import { PATIENCE, Server } from "./server.ts";

/**
 * Opens the store in memcached. A server that is not there is waited for while the proxy serves.
 * @throws TierUnusable where something else is there
 */
export async function openMemcached(
  servers: readonly Address[],
  { clock, policy, namespace, report }: TierSurroundings,
): Promise<OpenTier> {
  await Promise.all(servers.map(check));
  const names = new Names(namespace);
  const self = lot();
  const shares = await Promise.all(
    servers.map(async (address): Promise<Share> => {
      const name = `${address.host}:${address.port}`;
      const [reads, writes] = await lines(address, () => clock().wall);
      const server = new Server({
        ...{ reads, writes, names, self, clock, report, patience: PATIENCE, shown: name },
        sleep: pause,
      });
      await server.start();
      return { name, server, part: new Part({ server, names, self, clock, policy }) };
    }),
  );
  const store = new MemcachedStore(shares);
  return {
    name: "memcached",
    store,
    gather: 5,
    // With what a read may take at most 50 ms.
    patience: 10,
    batch: { responses: 64, bytes: 4 * 1024 * 1024 },
    report: () => store.report(),
    isAway: () => shares.some(({ server }) => server.isAway),
  };
}

async function check(address: Address): Promise<void> {
  const said = await introduction(address, PATIENCE.purge);
  if (said === undefined || isMemcached(said)) return;
  const shown = `${address.host}:${address.port}`;
  const answer = JSON.stringify(said.slice(0, 60));
  throw new TierUnusable(
    `memcached at ${shown} cannot be used: what listens there says ${answer}; name a memcached that asks for neither TLS nor a password`,
  );
}
