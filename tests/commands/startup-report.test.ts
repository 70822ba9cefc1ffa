import { expect, test } from "bun:test";
import { startupLines } from "../../src/commands/startup-report.ts";
import { version } from "../../src/commands/version.ts";
import { serveFlags } from "../../src/config/flags.ts";
import { gather } from "../../src/config/given.ts";
import { resolveSettings } from "../../src/config/resolve.ts";

function linesFor(args: Readonly<Record<string, string>>): string {
  const resolved = resolveSettings(gather(serveFlags, { origin: "http://h/api", ...args }, {}), false);
  if (!resolved.ok) throw new Error(resolved.message);
  return startupLines(resolved.value, new URL("http://localhost:3000"), 3000, 12.4).join("\n");
}

test("says who, where, what and how to go on", () => {
  expect(linesFor({})).toBe(`caching-proxy ${version} ready in 12 ms
  listens on  http://localhost:3000
  origin      http://h/api
  cache       256mb in memory, 2m where no lifetime is stated
  page        http://localhost:3000/__admin/
  clear       bun start clear --port 3000
  stats       bun start stats --port 3000, or http://localhost:3000/__admin/stats`);
});

test("the commands it names reach this very proxy, without telling the token", () => {
  const lines = linesFor({ host: "10.0.0.1", "admin-prefix": "/ours", "admin-token": "secret", ttl: "0" });
  expect(lines).toContain("bun start clear --port 3000 --host 10.0.0.1 --admin-prefix /ours\n");
  expect(lines).toContain("nothing without a stated lifetime");
  expect(lines).not.toContain("secret");
});

test("says what lies below the memory, without credentials", () => {
  expect(linesFor({ store: "sqlite:./a.db", "store-size": "1gb" })).toContain(
    "\n  store       1gb in ./a.db and ./a.db.bodies\n",
  );
  const redis = linesFor({ store: "redis://user:secret@localhost:6380/2" });
  expect(redis).toContain("\n  store       Redis at localhost:6380/2\n");
  expect(redis).not.toContain("secret");
  expect(linesFor({ store: "memcached://a,b:12" })).toContain("\n  store       memcached at a:11211, b:12\n");
});

test("says which scenario is on", () => {
  expect(linesFor({ scenario: "outage" })).toContain("\n  scenario    outage\n");
});

test("says how many workers share the cache", () => {
  expect(linesFor({ workers: "2" })).toContain("\n  workers     2 processes, each with half of the cache\n");
  expect(linesFor({ workers: "3" })).toContain("\n  workers     3 processes, each with 1/3 of the cache\n");
});
