import { STATUS_CODES } from "node:http";
import type { Instant, Milliseconds } from "../http/date.ts";
import { requestCookies, responseCookies } from "./cookies.ts";

export type Field = readonly [name: string, value: string];

/** What an entry of an archive is to say. */
export type Entry = {
  readonly startedAt: Instant;
  /** Until the header section came. */
  readonly wait: Milliseconds;
  /** From there until the last byte; nothing where it came at once. */
  readonly receive?: Milliseconds;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly fields: readonly Field[];
    readonly content?: Posted;
  };
  readonly response: {
    readonly status: number;
    readonly fields: readonly Field[];
    readonly content: Content;
    /** As it was sent, in bytes. */
    readonly bodySize: number;
  };
  /** Members of our own, whose names begin with an underscore. */
  readonly own?: Readonly<Record<string, unknown>>;
};

/** HAR 1.2's `content`. */
export type Content = {
  readonly size: number;
  readonly compression?: number;
  readonly mimeType: string;
  readonly text?: string;
  readonly encoding?: "base64";
  readonly comment?: string;
  readonly _encoded?: string;
};

/** HAR 1.2's `postData`, with its size in bytes; HAR has no `encoding` there, though some programs do. */
export type Posted = {
  readonly mimeType: string;
  readonly text: string;
  readonly encoding?: "base64";
  readonly size: number;
};

/** An archive up to its first entry; entries follow with commas between them, and {@link archiveEnd}. */
export function archiveStart(version: string): string {
  const creator = JSON.stringify({ name: "caching-proxy", version });
  return `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[`;
}

/** What comes behind the last entry; @param comment on the whole */
export function archiveEnd(comment: string): string {
  return `],"comment":${JSON.stringify(comment)}}}\n`;
}

/** An entry with all that HAR 1.2 demands. */
export function harEntry({ startedAt, wait, receive = 0, request, response, own }: Entry): object {
  const [, location] = response.fields.find(([name]) => name.toLowerCase() === "location") ?? [];
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: wait + receive,
    request: {
      ...{ method: request.method, url: request.url, httpVersion: "HTTP/1.1" },
      cookies: requestCookies(request.fields),
      headers: pairs(request.fields),
      queryString: pairs([...(URL.parse(request.url)?.searchParams ?? [])]),
      ...(request.content && { postData: posted(request.content) }),
      ...{ headersSize: -1, bodySize: request.content?.size ?? 0 },
    },
    response: {
      ...{ status: response.status, statusText: STATUS_CODES[response.status] ?? "", httpVersion: "HTTP/1.1" },
      cookies: responseCookies(response.fields),
      headers: pairs(response.fields),
      content: response.content,
      redirectURL: location ?? "",
      ...{ headersSize: -1, bodySize: response.bodySize },
    },
    cache: {},
    timings: { send: 0, wait, receive },
    ...own,
  };
}

function posted({ mimeType, text, encoding }: Posted): object {
  return { mimeType, params: [], text, ...(encoding && { encoding }) };
}

function pairs(fields: readonly Field[]): readonly object[] {
  return fields.map(([name, value]) => ({ name, value }));
}
