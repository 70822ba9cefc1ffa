#!/usr/bin/env bash
# What docs/comparison.md says of how caches behave: each before the same origin, with as little configuration as it needs to cache at all.
# Counts how often the origin was asked. Needs Bun, curl, nginx, varnish, squid and trafficserver (Debian has them); takes two minutes.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
# Some go on as users of their own.
chmod 755 "$work"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT
PATH=$PATH:/usr/sbin
cd "$work"

cat >origin.ts <<'TS'
const asked = new Map<string, number>();
Bun.serve({
  port: 18080,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const kind = pathname.split("/")[1];
    if (kind === "asked") return new Response(String(asked.get(pathname.slice("/asked".length)) ?? 0));
    const count = (asked.get(pathname) ?? 0) + 1;
    asked.set(pathname, count);
    if (kind === "slow") await Bun.sleep(400);
    if (kind === "broken" && count > 1) return new Response("broken", { status: 503 });
    const control = kind === "broken" ? "max-age=1, stale-if-error=60" : "max-age=60";
    return new Response("x".repeat(100), { headers: kind === "plain" ? {} : { "cache-control": control } });
  },
});
TS
bun origin.ts &
pids+=($!)

bun --no-env-file "$project/src/cli.ts" --port 18001 --origin http://127.0.0.1:18080 --log off 2>ours.log &
pids+=($!)

cat >nginx.conf <<'CONF'
daemon off; pid nginx.pid; error_log nginx.log;
events {}
http {
  access_log off;
  proxy_cache_path cache keys_zone=api:10m;
  server {
    listen 127.0.0.1:18002;
    location / { proxy_pass http://127.0.0.1:18080; proxy_cache api; proxy_cache_valid 2m; }
  }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" &
pids+=($!)

varnishd -F -n "$work/varnish" -a 127.0.0.1:18003 -b 127.0.0.1:18080 >varnish.log 2>&1 &
pids+=($!)

mkdir squid && chmod 777 squid
cat >squid.conf <<CONF
http_port 127.0.0.1:18004 accel defaultsite=localhost no-vhost
cache_peer 127.0.0.1 parent 18080 0 no-query originserver no-digest
http_access allow all
pid_filename $work/squid/squid.pid
cache_log $work/squid/squid.log
access_log none
shutdown_lifetime 1 seconds
visible_hostname localhost
pinger_enable off
CONF
squid -N -f "$work/squid.conf" >squid.log 2>&1 &
pids+=($!)

mkdir -p ats/run ats/log ats/cache && cp -r /etc/trafficserver ats/etc && chmod -R 777 ats
sed -i 's/^CONFIG proxy.config.http.server_ports.*/CONFIG proxy.config.http.server_ports STRING 18005/' ats/etc/records.config
echo 'map / http://127.0.0.1:18080/' >ats/etc/remap.config
echo "$work/ats/cache 64M" >ats/etc/storage.config
cat >ats/runroot.yaml <<YAML
prefix: $work/ats
exec_prefix: /usr
bindir: /usr/bin
sbindir: /usr/bin
sysconfdir: $work/ats/etc
datadir: $work/ats/cache
includedir: /usr/include
libdir: /usr/lib/trafficserver
libexecdir: /usr/lib/trafficserver/modules
localstatedir: $work/ats/run
runtimedir: $work/ats/run
logdir: $work/ats/log
cachedir: $work/ats/cache
YAML
traffic_server --run-root="$work/ats" >ats.log 2>&1 &
pids+=($!)

ask() { curl --silent --output /dev/null --write-out '%{http_code}\n' "$@"; }
asked() { curl --silent "http://127.0.0.1:18080/asked$1"; }

# One row: its title, a function that asks the cache at $1, and prints what came of it.
row() {
  printf '| %s |' "$1"
  for port in 18001 18002 18003 18004 18005; do printf ' %s |' "$("$2" "http://127.0.0.1:$port" "/$3/$port")"; done
  printf '\n'
}
twice() { ask "$1$2" >/dev/null; ask "$1$2" >/dev/null; asked "$2"; }
crowd() {
  local clients=()
  for _ in $(seq 10); do ask "$1$2" >/dev/null & clients+=($!); done
  wait "${clients[@]}"
  asked "$2"
}
users() { ask -H 'Authorization: Bearer a' "$1$2-u" >/dev/null; ask -H 'Authorization: Bearer b' "$1$2-u" >/dev/null; asked "$2-u"; }
cookies() { ask -H 'Cookie: a=1' "$1$2-c" >/dev/null; ask -H 'Cookie: a=2' "$1$2-c" >/dev/null; asked "$2-c"; }
write() { ask "$1$2-w" >/dev/null; ask -X PUT -d x "$1$2-w" >/dev/null; ask "$1$2-w" >/dev/null; asked "$2-w"; }
order() { ask "$1$2-o?a=1&b=2" >/dev/null; ask "$1$2-o?b=2&a=1" >/dev/null; asked "$2-o"; }
reload() { ask "$1$2-r" >/dev/null; ask -H 'Cache-Control: no-cache' "$1$2-r" >/dev/null; asked "$2-r"; }
part() { ask "$1$2-p" >/dev/null; ask -r 0-3 "$1$2-p"; }
broken() { ask "$1$2" >/dev/null; sleep 2.5; ask "$1$2"; }

sleep 8
echo '| how often the origin was asked, or the status | caching-proxy | nginx | Varnish | Squid | Traffic Server |'
echo '| --- | --- | --- | --- | --- | --- |'
row 'the same twice, `max-age=60`' twice hit
row 'the same twice, no lifetime stated' twice plain
row 'the same by ten at once' crowd slow
row 'by two users (`Authorization`), `max-age=60`: 2 keeps them apart' users hit
row 'by two cookies, no lifetime stated: 2 keeps them apart' cookies plain
row 'by two cookies, `max-age=60`' cookies hit
row 'GET, PUT, GET: 3 sees the change' write hit
row '`?a=1&b=2`, then `?b=2&a=1`' order hit
row 'a reload (`Cache-Control: no-cache`): 2 heeds it' reload hit
row 'a range of what is stored' part hit
row 'the origin fails, within `stale-if-error`' broken broken

printf '| resident memory after that, in MB |'
for pid in "${pids[@]:1}"; do
  printf ' %.0f |' "$(ps -o rss= -p "$pid" --ppid "$pid" | awk '{ sum += $1 } END { print sum / 1000 }')"
done
printf '\n'
