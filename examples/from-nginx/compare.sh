#!/usr/bin/env bash
# The configuration of nginx beside this folder's and its equal here, both in front of examples/origin.ts, asked the same.
# Needs nginx, curl and Bun, and ports 3000, 3001 and 8080; everything is made in a temporary folder and ended again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
# nginx goes on as another user where root starts it.
chmod 755 "$work"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT

cd "$work"
bun "$project/examples/origin.ts" 8080 0 >/dev/null &
pids+=($!)
sed '1i daemon off; pid nginx.pid; error_log error.log;' "$here/nginx.conf" >nginx.conf
PATH=$PATH:/usr/sbin nginx -p "$work" -c "$work/nginx.conf" &
pids+=($!)
bun --no-env-file "$project/src/cli.ts" --config "$here/caching-proxy.config.yaml" --log off 2>proxy.log &
pids+=($!)
for port in 8080 3001 3000; do
  curl --silent --output /dev/null --retry 50 --retry-connrefused --retry-delay 1 "http://localhost:$port/none"
done

# Asks both for the last word, with the others as flags.
both() {
  local path=${*: -1} flags=("${@:1:$#-1}")
  printf '| `%s` | %s | %s |\n' "$*" \
    "$(curl --silent --output /dev/null --write-out '%{http_code} %header{x-cache-status}' "${flags[@]}" "http://localhost:3001$path")" \
    "$(curl --silent --output /dev/null --write-out '%{http_code} %header{x-cache}' "${flags[@]}" "http://localhost:3000$path")"
}

printf '| request | nginx | here |\n| --- | --- | --- |\n'
both /plain
both /plain
both -H 'X-Refresh: 1' /plain
both -I /plain
both '/plain?a=1&b=2'
both '/plain?b=2&a=1'
both /always
both /private
both /private
both /secret
both /secret
both -H 'Accept-Language: de' /hello
both -H 'Accept-Language: en' /hello
both -H 'Accept-Language: de' /hello
both /login
both /login
both /products/1
both -r 0-3 /products/1
both -H 'Cache-Control: no-cache' /products/1
both -X PUT /products/1
both /products/1
both -H 'Authorization: Bearer a' /products/2
both -H 'Authorization: Bearer b' /products/2
both -H 'Cookie: session=a' '/plain?me'
both -H 'Cookie: session=b' '/plain?me'
kill "${pids[0]}"
wait "${pids[0]}" || true
both /products/1
both /products/3
