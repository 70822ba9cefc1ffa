#!/usr/bin/env bash
# A real registry (verdaccio) behind the proxy, asked by the real npm: what the first client fetched, the second gets from the cache.
# Needs Node, npm and Bun; everything is made in a temporary folder and ended again.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT

# Waits until a URL answers.
answers() {
  for _ in $(seq 150); do
    if node -e 'fetch(process.argv[1]).then(() => process.exit(0), () => process.exit(1))' "$1"; then return; fi
    sleep 0.2
  done
  printf '%s does not answer\n' "$1" >&2
  exit 1
}

cd "$work"
# The newest verdaccio that runs on Node 20. It names a dependency by a tag that not every registry mirror knows.
printf '{"private":true,"overrides":{"node-fetch":"2.7.0","node-fetch-cjs":"npm:node-fetch@2.7.0"}}' >package.json
npm install --silent --no-fund --no-audit verdaccio@6.0.5
cat >config.yaml <<'YAML'
storage: ./storage
auth: { htpasswd: { file: ./htpasswd } }
packages: { '**': { access: $all, publish: $all } }
log: { type: file, path: ./verdaccio.log, level: http }
YAML
# It writes its own address into the metadata, so it is told the proxy's.
VERDACCIO_PUBLIC_URL=http://localhost:3000 ./node_modules/.bin/verdaccio --config config.yaml --listen 4873 >/dev/null 2>&1 &
pids+=($!)
answers http://localhost:4873/-/ping

mkdir package
printf '{"name":"left-padding","version":"1.2.0","license":"MIT"}' >package/package.json
(cd package && npm publish --silent --registry http://localhost:4873 --//localhost:4873/:_authToken=any)

bun --no-env-file "$project/src/cli.ts" --port 3000 --origin http://localhost:4873 --log pretty &
pids+=($!)
answers http://localhost:3000/health

for client in 1 2; do
  printf '\n$ npm install left-padding   # client %s, with an empty cache of its own\n' "$client"
  mkdir "client$client"
  printf '{}' >"client$client/package.json"
  (cd "client$client" && npm view left-padding version --registry http://localhost:3000 --cache "$work/cache$client" 2>/dev/null &&
    npm install left-padding --no-fund --no-audit --registry http://localhost:3000 --cache "$work/cache$client" 2>/dev/null)
  sleep 0.2
done

printf '\n$ caching-proxy stats --port 3000\n'
bun --no-env-file "$project/src/cli.ts" stats --port 3000
