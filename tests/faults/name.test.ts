import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanup } from "../e2e/cleanup.ts";
import { outcome, startProxy } from "../e2e/proxy.ts";
import { until } from "../sharing/until.ts";
import { scratch } from "../store/scratch.ts";

const shared = cleanup();
const hosts = join(scratch(shared), "hosts");
/** Whether a process of ours can be given a file of its own in the place of /etc/hosts. */
const isPossible =
  process.platform === "linux" && Bun.spawnSync(["sh", "-c", "unshare -m true"], { stderr: "ignore" }).exitCode === 0;

test.skipIf(!isPossible)(
  `an origin whose name leads elsewhere from now on is found there once nobody listens at the old place${isPossible ? "" : ": needs root, for a file of names"}`,
  async () => {
    const site = (hostname: string, port: number) => {
      const server = Bun.serve({ hostname, port, fetch: () => new Response(hostname) });
      shared.defer(() => server.stop(true));
      return server;
    };
    const before = site("127.0.0.2", 0);
    site("127.0.0.3", before.port ?? 0);
    writeFileSync(hosts, "127.0.0.2 origin.test\n");
    const proxy = await startProxy(shared, `http://origin.test:${before.port}`, "--ttl 0", {
      within: ["unshare", "-m", "sh", "-c", `mount --bind ${hosts} /etc/hosts && exec "$@"`, "sh"],
      // Half a minute where nothing is said.
      env: { BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS: "1" },
    });
    expect(await outcome(proxy, "/a")).toEqual(["MISS", "127.0.0.2"]);
    writeFileSync(hosts, "127.0.0.3 origin.test\n");
    expect((await outcome(proxy, "/a"))[1]).toStartWith("127.0.0.");
    await before.stop(true);
    await until("it is found", async () => (await outcome(proxy, "/a"))[1] === "127.0.0.3");
  },
);
