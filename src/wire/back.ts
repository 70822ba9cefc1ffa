import { CLIENT_SILENCE } from "../http/client-silence.ts";
import type { Milliseconds } from "../http/date.ts";
import { stripHopByHop } from "../http/hop-by-hop.ts";
import { splitList } from "../http/list.ts";
import {
  type Answer,
  BROKEN_OFF,
  type Framing,
  type InOnePiece,
  type OriginFailure,
  type Outgoing,
  type Send,
} from "../http/origin.ts";
import { together } from "../http/together.ts";
import { type Call, type GivenFetch, undoCoding } from "./given-fetch.ts";
import { Patience } from "./patience.ts";
import { asksByHttp2, reached, type TlsOf } from "./reach.ts";
import { type Turns, watched } from "./upload.ts";

/** Methods that `fetch` sends as they are; any other would silently become GET. TRACE and CONNECT are not for a gateway to pass on. */
const METHODS = new Set(
  `GET HEAD POST PUT PATCH DELETE OPTIONS PURGE QUERY PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK SEARCH REPORT M-SEARCH
   NOTIFY SUBSCRIBE UNSUBSCRIBE MKACTIVITY CHECKOUT MERGE BIND UNBIND REBIND ACL LINK UNLINK SOURCE MKCALENDAR`.split(
    /\s+/,
  ),
);

/** How to reach the origin. */
export type BackOptions = {
  /** Bound of the wait for the header section, counted from the last of the request's body that was sent. */
  readonly timeout: Milliseconds;
  readonly tlsOf: TlsOf;
  /** Bun's own, where it is left out: then it goes past HTTP_PROXY, as a proxy's requests do. */
  readonly given?: GivenFetch;
  /** Bound of the wait for the next of the request's body; CLIENT_SILENCE where it is not said. */
  readonly silence?: Milliseconds;
};

/** The end of the proxy that speaks to the origin, over the global `fetch` or a given one. What Bun's gets wrong on the wire is mended here. */
export function back(options: BackOptions): Send {
  const call = options.given?.call ?? ownCall;
  const silence = options.silence ?? CLIENT_SILENCE;
  return async (outgoing: Outgoing): Promise<Answer> => {
    if (!METHODS.has(outgoing.method)) return failed({ type: "unsupported-method" });
    const { signal } = outgoing;
    if (signal.aborted) return failed({ type: "aborted" });
    const controller = new AbortController();
    const leave = () => controller.abort();
    signal.addEventListener("abort", leave);
    let timedOut = false;
    const patience = new Patience(outgoing.within ?? options.timeout, () => {
      timedOut = true;
      controller.abort();
    });
    let silentFor: Milliseconds | undefined;
    let withClient: Patience | undefined;
    const takingTurns = (): Turns => {
      const waiting = new Patience(silence, () => {
        silentFor = silence;
        controller.abort();
      });
      withClient = waiting;
      return {
        client() {
          patience.hold();
          waiting.begin();
        },
        origin() {
          waiting.hold();
          patience.begin();
        },
      };
    };
    patience.begin();
    try {
      const { url, init } = reached(outgoing.url, options.tlsOf);
      const asked = {
        method: outgoing.method,
        headers: outgoing.headers,
        body: bodyOf(outgoing, takingTurns),
        redirect: "manual",
        signal: controller.signal,
      } as const;
      const response = await call(url.href, init === undefined ? asked : { ...asked, ...init });
      // It has answered: what is waited for now is the rest of this turn.
      patience.end();
      await together();
      if (response.status < 200 || response.status > 599) {
        controller.abort();
        return failed({
          type: "unreachable",
          cause: `it answered with status ${response.status}, which is none of HTTP's`,
        });
      }
      const coding = foreignCoding(response.headers);
      if (coding !== undefined) {
        controller.abort();
        return failed({
          type: "unreachable",
          cause: `its body is in the transfer coding ${coding}, which nobody asked for`,
        });
      }
      if (response.redirected) {
        controller.abort();
        return failed({ type: "unreachable", cause: "the fetch that was given follows redirects by itself" });
      }
      // Of a response of our own nobody else has the fields.
      const fields = options.given === undefined ? response.headers : new Headers(response.headers);
      const came = section(response, fields, asksByHttp2(url, options.tlsOf(url)) ? "stream" : "fields");
      if (options.given?.bodies === "decoded") undoCoding(came.headers);
      const { headers, framing } = came;
      return { type: "response", response, headers, framing, inTime: (reading) => inTime(reading, controller) };
    } catch (error) {
      if (timedOut) return failed({ type: "timeout", after: options.timeout });
      if (silentFor !== undefined) return failed({ type: "aborted", silentFor });
      if (signal.aborted) return failed({ type: "aborted" });
      if (isOutOfSockets(error)) return failed({ type: "overloaded", why: "no-socket", retryAfter: 1 });
      return failed({ type: "unreachable", cause: causeOf(error) });
    } finally {
      patience.end();
      withClient?.end();
    }
  };

  /** Of a body that is read before anything of it is sent, the client sees as little as of a header section. */
  async function inTime(reading: Promise<Blob>, exchange: AbortController): Promise<InOnePiece> {
    let failure = BROKEN_OFF;
    const patience = new Patience(options.timeout, () => {
      failure = { type: "timeout", after: options.timeout, awaited: "body" };
      exchange.abort();
    });
    patience.begin();
    try {
      return { type: "whole", body: await reading };
    } catch {
      return failed(failure);
    } finally {
      patience.end();
    }
  }
}

const ownCall: Call = (url, init) =>
  fetch(url, {
    decompress: false,
    // Else HTTP_PROXY is obeyed, for loopback too; so it is with "".
    proxy: false,
    ...init,
  });

function bodyOf({ method, body }: Outgoing, takingTurns: () => Turns): Blob | ReadableStream<Uint8Array> | null {
  // A GET or HEAD with a body throws; Bun's front has dropped it already.
  if (body === null || method === "GET" || method === "HEAD") return null;
  return body instanceof Blob ? body : watched(body, takingTurns());
}

/**
 * A transfer coding that is neither chunks nor nothing, `identity`. Bun lets some of them through and takes none off, so that a body would be
 * passed on that nobody can read any more.
 */
function foreignCoding(headers: Headers): string | undefined {
  return codings(headers)?.find((coding) => coding !== "chunked" && coding !== "identity");
}

/** Undefined where none is named, as is usual. */
function codings(headers: Headers): string[] | undefined {
  const field = headers.get("transfer-encoding");
  return field === null ? undefined : splitList(field).map((coding) => coding.toLowerCase());
}

/**
 * The header section without what belongs to the connection, and how the body's end is known.
 * @param headers the response's, from which that is taken out
 * @param ends what tells where the body ends: fields, or the end of a stream of its own, whose length Bun checks
 */
function section(
  response: Response,
  headers: Headers,
  ends: "fields" | "stream",
): { headers: Headers; framing: Framing } {
  const chunked = codings(headers)?.includes("chunked") === true;
  // Without chunks or a length the end of the connection is the end of the body, whatever Transfer-Encoding says (RFC 9112 §6.3).
  // One that a program has made itself came from nowhere, and is whole where it ends.
  const isWhole = ends === "stream" || response.url === "";
  const delimited = isWhole || chunked || headers.has("content-length") || response.body === null;
  // Where both are given Transfer-Encoding frames the message and the length is a lie.
  if (chunked) headers.delete("content-length");
  stripHopByHop(headers);
  return { headers, framing: delimited ? "delimited" : "until-close" };
}

function failed(failure: OriginFailure): { readonly type: "failed"; readonly failure: OriginFailure } {
  return { type: "failed", failure };
}

/** The system has given as many descriptors as it does. */
function isOutOfSockets(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EMFILE" || error.code === "ENFILE");
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return CAUSES[code] ?? `${code}: ${error.message}`;
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "connection closed before a response came",
  ConnectionClosed: "connection closed before a response came",
  HTTP2Unsupported: "it speaks no HTTP/2 (--origin-http2 off asks it by HTTP/1.1)",
  HTTP2StreamReset: "it ended the request (HTTP/2 RST_STREAM)",
  HTTP2RefusedStream: "it refused the request (HTTP/2 REFUSED_STREAM)",
  Malformed_HTTP_Response: "it answered with what is no HTTP/1.1",
  UnrequestedUpgrade: "it switched to another protocol unasked",
  ENOTFOUND: "host name not found",
  ENOENT: "there is no such socket",
  EAI_AGAIN: "host name not found: the name server did not answer",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate is self-signed (--insecure accepts it)",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate chain is self-signed (--insecure accepts it)",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate does not verify (--insecure accepts it)",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for another host name (--insecure accepts it)",
  CERT_HAS_EXPIRED: "certificate has expired (--insecure accepts it)",
};
