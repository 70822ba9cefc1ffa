import type { Flags } from "./flags.ts";

/** Those of `serve`'s flags that are about TLS on the side of the clients. */
export const tlsFlags = {
  tls: {
    type: "string",
    group: "Listening",
    valueHint: "auto|off",
    description: "auto listens with TLS and a certificate for localhost that is made for this, once",
  },
  "tls-names": {
    type: "string",
    group: "Listening",
    valueHint: "NAMES",
    list: true,
    description: "Host names that the certificate of --tls auto is for besides: test1.localhost,api.test",
  },
  "tls-cert": {
    type: "string",
    group: "Listening",
    valueHint: "FILE",
    description: "Listen with TLS: the certificate and its chain as PEM; needs --tls-key",
  },
  "tls-key": {
    type: "string",
    group: "Listening",
    valueHint: "FILE",
    description: "The key of --tls-cert as PEM, without a password",
  },
  http2: {
    type: "string",
    group: "Listening",
    valueHint: "on|off",
    fallback: "on",
    description: "HTTP/2 for clients that offer it, with TLS; HTTP/1.1 is always there",
  },
} as const satisfies Flags;

/** What a command has to know of it that asks a running proxy. */
export const tlsClientFlags = {
  tls: {
    type: "string",
    group: "Running proxy",
    valueHint: "auto|off",
    description: "The --tls the proxy was started with",
  },
  "tls-cert": {
    type: "string",
    group: "Running proxy",
    valueHint: "FILE",
    description: "The --tls-cert the proxy was started with: it is asked by https, and has to show this certificate",
  },
} as const satisfies Flags;

/** Those of `serve`'s flags that are about TLS to the origin. */
export const originTlsFlags = {
  "origin-http2": {
    type: "string",
    group: "Origin",
    valueHint: "on|off",
    fallback: "off",
    description: "Ask the origin by HTTP/2, over TLS, and by nothing else",
  },
  "origin-cert": {
    type: "string",
    group: "Origin",
    valueHint: "FILE",
    description: "Certificate by which the origin knows us, as PEM; needs --origin-key",
  },
  "origin-key": { type: "string", group: "Origin", valueHint: "FILE", description: "The key of --origin-cert as PEM" },
  "origin-ca": {
    type: "string",
    group: "Origin",
    valueHint: "FILE",
    description: "Authorities to trust for the origin besides the usual ones, as PEM",
  },
} as const satisfies Flags;
