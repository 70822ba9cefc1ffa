import type { Flags } from "./flags.ts";

/** Those of `serve`'s flags that are about TLS on the side of the clients. */
export const tlsFlags = {
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
    description: "HTTP/2 for clients that offer it, where --tls-cert is given; HTTP/1.1 is always there",
  },
} as const satisfies Flags;

/** What a command has to know of it that asks a running proxy. */
export const tlsClientFlags = {
  "tls-cert": {
    type: "string",
    group: "Running proxy",
    valueHint: "FILE",
    description: "The --tls-cert the proxy was started with: it is asked by https, and has to show this certificate",
  },
} as const satisfies Flags;
