#!/usr/bin/env bash
# What compose.yaml describes, on this machine and without containers: a Redis, two proxies, the balancer of balancer.conf, and an origin
# that takes half a second for each answer. Needs Bun, curl, nginx and redis-server; everything is made in a temporary folder and ended again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT

free_port() { bun -e 'const s = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } }); console.log(s.port); s.stop(true);'; }
redis=$(free_port) origin=$(free_port) first=$(free_port) second=$(free_port) balancer=$(free_port)
export CACHING_PROXY_ADMIN_TOKEN=an-example-token

redis-server --port "$redis" --bind 127.0.0.1 --requirepass secret --maxmemory 100mb --maxmemory-policy allkeys-lru \
  --save '' --dir "$work" >"$work/redis.log" &
pids+=($!)

cat >"$work/origin.ts" <<'TS'
let asked = 0;
Bun.serve({
  hostname: "127.0.0.1",
  port: Number(process.argv[2]),
  async fetch() {
    asked++;
    const answer = `answer ${asked}\n`;
    await Bun.sleep(500);
    return new Response(answer, { headers: { "cache-control": "max-age=600" } });
  },
});
TS
bun "$work/origin.ts" "$origin" &
pids+=($!)

for port in "$first" "$second"; do
  CACHING_PROXY_STORE="redis://:secret@127.0.0.1:$redis" CACHING_PROXY_COLLAPSE=shared \
    bun --no-env-file "$project/src/cli.ts" --origin "http://127.0.0.1:$origin" --port "$port" --trust-forwarded --log off 2>"$work/$port.log" &
  pids+=($!)
done

sed -e "s/proxy-1:3000/127.0.0.1:$first/; s/proxy-2:3000/127.0.0.1:$second/; s/listen 8080/listen 127.0.0.1:$balancer/" \
  -e "1i daemon off; pid $work/nginx.pid; error_log $work/nginx.log;" "$here/balancer.conf" >"$work/nginx.conf"
PATH=$PATH:/usr/sbin nginx -p "$work" -c "$work/nginx.conf" &
pids+=($!)

for port in "$first" "$second"; do
  curl --silent --output /dev/null --retry 50 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$port/health"
done
curl --silent --output /dev/null --retry 50 --retry-connrefused --retry-delay 1 "http://127.0.0.1:$balancer/health"

show() { curl --silent --output /dev/null --write-out '%{http_code} %header{x-cache}\n' "$@"; }

echo "ten clients ask the balancer for the same at once; the origin is asked once:"
clients=()
for _ in $(seq 10); do
  show "http://127.0.0.1:$balancer/a" &
  clients+=($!)
done
wait "${clients[@]}"
curl --silent "http://127.0.0.1:$balancer/a"

echo "a change through one proxy, and what both have after it:"
show --request DELETE "http://127.0.0.1:$balancer/a"
sleep 0.1
for _ in 1 2 3 4; do curl --silent "http://127.0.0.1:$balancer/a"; done
