/** Stored responses as the proxy makes them from what the network brings. */

import { cacheGroup, type Group } from "../../src/caching/group.ts";
import { cacheKey } from "../../src/caching/key.ts";
import type { Selecting } from "../../src/caching/selecting.ts";
import { read, type StoredResponse } from "../../src/caching/stored.ts";

/** What the stored responses of one run are like. */
export type Shape = {
  readonly name: string;
  readonly entries: number;
  /** Bodies vary by a tenth around it, as real ones do. */
  readonly bodyBytes: number;
  /** Fields of a typical JSON API, at most 8 … */
  readonly fields: number;
  /** … and fields of its own that it adds. */
  readonly ownFields: number;
  /** Variants under one key, by Accept-Encoding and Accept-Language. */
  readonly variants: number;
  /** Cache groups that it belongs to. */
  readonly groups: number;
  /** How many others belong to each of them. */
  readonly companions: number;
};

const now = 1_700_000_000_000;
const policy = { defaultTtl: 120_000, maxEntrySize: Number.POSITIVE_INFINITY };

/** Makes the n-th stored response of a shape. */
export function entry(shape: Shape, n: number): StoredResponse {
  const page = Math.floor(n / shape.variants);
  const target = new URL(fresh(`http://api.example.com/v1/products/${page}?fields=name,price&page=${page % 97}`));
  const body = bytes(shape.bodyBytes, n);
  // The wire's fields, those without hop-by-hop ones, those stored: each step copies.
  const headers = new Headers(new Headers(new Headers(fields(shape, n, body.byteLength))));
  headers.set("content-length", String(body.byteLength));
  const received = { status: 200, headers, requestTime: now + n, responseTime: now + n + 20, sentAt: n, arrivedAt: n };
  return {
    key: cacheKey(target),
    method: "GET",
    headers,
    body: new Blob([body]),
    publicOrigin: "http://localhost:3000",
    selecting: selectingOf(shape, n),
    reading: read(received, false, policy),
    groups:
      shape.groups === 0
        ? NONE
        : Array.from({ length: shape.groups }, (_, i) => {
            const name = `product-line-${i}-${Math.floor(n / (1 + shape.companions))}`;
            return cacheGroup("http://api.example.com", fresh(name));
          }),
    sentAt: n,
  };
}

function fields(shape: Shape, n: number, length: number): [string, string][] {
  const typical: [string, string][] = [
    ["Content-Type", "application/json; charset=utf-8"],
    ["Content-Length", String(length)],
    ["Date", "Tue, 14 Nov 2023 22:13:20 GMT"],
    ["Cache-Control", "public, max-age=3600"],
    ["ETag", `W/"${length.toString(16)}-${n.toString(36).padStart(27, "k")}"`],
    ["Vary", "Accept-Encoding, Accept-Language"],
    ["Access-Control-Allow-Origin", "*"],
    ["X-Request-Id", `4bf92f3577b34da6-${n.toString(16).padStart(16, "0")}`],
  ];
  const own = Array.from({ length: shape.ownFields }, (_, i): [string, string] => [
    `X-Service-Detail-${i}`,
    `value ${i} of response ${n}`,
  ]);
  // A value that a literal holds would be shared by all, one from the network is not.
  return [...typical.slice(0, shape.fields), ...own].map(([name, value]) => [fresh(name), fresh(value)]);
}

function selectingOf(shape: Shape, n: number): Selecting {
  if (shape.variants === 1) return [];
  return [
    ["accept-encoding", "br,gzip"],
    ["accept-language", fresh(`en;q=0.${n % shape.variants},fr`)],
  ];
}

function bytes(average: number, n: number): Uint8Array<ArrayBuffer> {
  const spread = Math.floor(average / 10);
  const body = new Uint8Array(average - spread + (spread === 0 ? 0 : (n * 7919) % (2 * spread + 1)));
  return body.fill(120);
}

function fresh(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

const NONE: readonly Group[] = [];
