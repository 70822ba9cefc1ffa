/**
 * The proxy with as much of its observing layer as is asked for: `none`, `counters`, or `shipped`, which is the server as it is. All
 * are started alike and have the admin layer, so that nothing else differs. Takes that word, a port and the origin.
 */
import { admin, json } from "../../src/admin/admin.ts";
import { serveFlags } from "../../src/config/flags.ts";
import { gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";
import type { Settings } from "../../src/config/settings.ts";
import type { Layer } from "../../src/http/exchange.ts";
import { Counters } from "../../src/observe/counters.ts";
import { observing } from "../../src/observe/observing.ts";
import { recovering } from "../../src/proxy/recover.ts";
import { startServer } from "../../src/server.ts";
import { back } from "../../src/wire/back.ts";
import { front } from "../../src/wire/front.ts";
import { buildCache } from "../../src/wiring/build-cache.ts";

const [how = "", port = "", origin = ""] = process.argv.slice(2);
const given = gather(serveFlags, { port, origin, host: "127.0.0.1", log: "off" }, {});
const settings = resolveSettings(given, false);
if (!settings.ok) throw new Error(settings.message);

switch (how) {
  case "none":
    serve(settings.value, (next) => next);
    break;
  case "counters": {
    const counters = new Counters();
    serve(settings.value, observing([(record) => counters.count(record)], Date.now));
    break;
  }
  case "shipped":
    await startServer(settings.value, console.error);
    break;
  default:
    throw new Error(`${how} is none, counters or shipped.`);
}

function serve({ adminPrefix, healthPath, ...cacheSettings }: Settings, observe: Layer): void {
  const send = back({ timeout: cacheSettings.timeout, tlsOf: () => undefined });
  const cache = buildCache(cacheSettings, { send, clock: Date.now, steady: () => performance.now() }, console.error);
  const nothing = () => json(null);
  const asking = {
    health: nothing,
    stats: nothing,
    metrics: nothing,
    entries: nothing,
    explain: nothing,
    events: nothing,
    recent: nothing,
    history: nothing,
    page: nothing,
    offline: nothing,
    switchOffline: nothing,
  };
  const archives = { takeArchive: nothing, giveArchive: nothing };
  const adminLayer = admin(
    { prefix: adminPrefix, health: healthPath },
    {
      ...asking,
      clearCache: nothing,
      purge: nothing,
      refresh: nothing,
      compare: nothing,
      fixtures: nothing,
      rules: nothing,
      ...{ lanes: nothing, lane: nothing, resetLane: nothing, switchScenario: nothing, putRules: nothing },
      ...archives,
    },
    { type: "loopback" },
  );
  front(adminLayer(observe(recovering(console.error)(cache.handler))), {
    hostname: "127.0.0.1",
    port: cacheSettings.port,
    sharing: "alone",
    tls: undefined,
    bridge: async () => ({ response: new Response(null, { status: 501 }) }),
    clock: Date.now,
    onError: console.error,
  });
}
