import { isToken } from "../http/list.ts";
import type { HarArrival, HarExchange, ReadEntry, Unreadable } from "./exchange.ts";
import { readContent } from "./read-content.ts";
import { readFields } from "./read-fields.ts";
import { readPosted } from "./read-posted.ts";
import { UNKNOWN } from "./seen.ts";
import { listIn, numberIn, textIn, valueIn } from "./shape.ts";

/**
 * Reads an entry of an archive as Chrome, Firefox, Safari, Charles and mitmproxy write them: what is missing and can be done without
 * stands for nothing, and what cannot be understood is told.
 * @param number among the archive's entries, from 1
 */
export function readEntry(entry: unknown, number: number): ReadEntry {
  const messages = listIn(entry, "_webSocketMessages").length;
  const unreadable = (reason: Unreadable, why: string): ReadEntry => ({
    type: "unreadable",
    ...{ number, reason, why, messages },
  });
  const [request, response] = [valueIn(entry, "request"), valueIn(entry, "response")];
  const method = textIn(request, "method") ?? "";
  const written = textIn(request, "url") ?? "";
  if (!isToken(method)) return unreadable("malformed", `${JSON.stringify(method)} is no request method`);
  const url = URL.parse(written);
  if (url === null) return unreadable("malformed", `${JSON.stringify(shortened(written))} is no URL`);
  const status = numberIn(response, "status") ?? 0;
  if (
    messages > 0 ||
    /^wss?:$/.test(url.protocol) ||
    textIn(entry, "_resourceType") === "websocket" ||
    status === 101
  ) {
    return unreadable("websocket", "it is a WebSocket, of which nothing is kept");
  }
  if (!/^https?:$/.test(url.protocol)) return unreadable("not-http", `${shortened(written)} is not fetched by HTTP`);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    return unreadable("no-response", noResponse(response, status));
  }
  if (textIn(entry, "comment")?.endsWith(UNKNOWN) === true) {
    return unreadable("no-content", "it was seen passing by, without its fields and content");
  }
  const [asked, answered] = [readFields(request), readFields(response)];
  if (asked.type === "bad") return unreadable("malformed", `in its request ${asked.why}`);
  if (answered.type === "bad") return unreadable("malformed", `in its response ${answered.why}`);
  const read = readContent(response, method, status, answered.fields);
  if (read.type === "missing") return unreadable("no-content", read.why);
  url.hash = "";
  return {
    type: "exchange",
    exchange: {
      ...{ number, messages, times: timesOf(entry) },
      request: {
        method,
        url,
        fields: withPostedType(request, asked.fields),
        content: readPosted(request, asked.fields),
      },
      response: { status, fields: read.fields, content: read.content },
      ours: {
        publicOrigin: textIn(entry, "_publicOrigin"),
        isPersonal: valueIn(entry, "_personal") === true,
        isPurged: valueIn(entry, "_purged") === true,
        arrivals: arrivalsIn(entry, read.content.length),
      },
    },
  };
}

/** Some programs say the type of what was sent only beside it. */
function withPostedType(request: unknown, fields: Headers): Headers {
  const type = textIn(valueIn(request, "postData"), "mimeType") ?? "";
  if (type === "" || fields.has("content-type") || !/^[\x20-\x7e]*$/.test(type)) return fields;
  const typed = new Headers(fields);
  typed.set("content-type", type);
  return typed;
}

/** Blocked, failed and aborted requests have the status 0, and some say why. */
function noResponse(response: unknown, status: number): string {
  const error = textIn(response, "_error");
  if (error !== undefined) return `it got no response (${shortened(error)})`;
  return status === 0 ? "it got no response" : `${status} is no status of a response`;
}

/** `time` is until the last byte, `receive` from the header section on; -1 stands for what does not apply. */
function timesOf(entry: unknown): HarExchange["times"] {
  const asked = Date.parse(textIn(entry, "startedDateTime") ?? "");
  if (Number.isNaN(asked)) return undefined;
  const time = Math.max(0, numberIn(entry, "time") ?? 0);
  const receive = Math.max(0, numberIn(valueIn(entry, "timings"), "receive") ?? 0);
  return { asked, came: asked + Math.floor(Math.max(0, time - receive)) };
}

/** Pairs of a time and a size that make up the whole content; undefined where there are none, or others. */
function arrivalsIn(entry: unknown, length: number): readonly HarArrival[] | undefined {
  const arrivals: HarArrival[] = [];
  let [rest, before] = [length, 0];
  for (const pair of listIn(entry, "_arrivals")) {
    const [at, size]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    if (typeof at !== "number" || typeof size !== "number" || !(at >= before) || !(size >= 0)) return undefined;
    arrivals.push({ at, size });
    [rest, before] = [rest - size, at];
  }
  return arrivals.length > 0 && rest === 0 ? arrivals : undefined;
}

function shortened(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

const LONGEST_SHOWN = 80;
