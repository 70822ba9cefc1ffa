import type { Incoming } from "../http/exchange.ts";
import { asDetail } from "../http/problem.ts";
import { json, type Operation, type Outcome } from "./admin.ts";

/** What was asked makes no sense; why, in a sentence without a full stop. */
type Refused = { readonly type: "refused"; readonly why: string };

/** What became of an archive's entries. */
export type TakenArchive = {
  readonly entries: number;
  readonly stored: number;
  /** How many were not stored, by the reason. */
  readonly left: Readonly<Record<string, number>>;
  /** What is wrong with the first of those that could not be understood, by their numbers. */
  readonly faults: readonly { readonly entry: number; readonly why: string }[];
  /** WebSocket messages, of which nothing is kept. */
  readonly webSocketMessages: number;
  /** The worker that has it now, where each has a cache of its own. */
  readonly worker?: number;
};

export type ImportAsked = {
  /** Another origin whose entries count as ours. */
  readonly origin: URL | undefined;
  /** The scheme and authority by which clients will ask for what the archive has by the origin's name. */
  readonly publicOrigin: string;
};

export type ExportAsked = {
  readonly prefix: string;
  readonly publicOrigin: string;
  readonly secrets: "hidden" | "shown";
};

/** Turns HTTP Archives into what is stored, and what is stored into one. */
export type Archives = {
  readonly take: (text: string, asked: ImportAsked) => Promise<TakenArchive | Refused>;
  /** The archive's text, piece by piece. */
  readonly give: (asked: ExportAsked) => AsyncGenerator<string> | Refused;
};

/** The operations that need to know archives, which are loaded when somebody has any. */
export function archiveOperations(load: () => Promise<Archives>): {
  readonly [K in "takeArchive" | "giveArchive"]: Operation;
} {
  return {
    takeArchive: async (incoming) => {
      const asked = readImport(incoming);
      if ("why" in asked) return bad(asked.why);
      const text = await readText(incoming.request);
      if (text === undefined) return TOO_LARGE;
      const taken = await (await load()).take(text, asked);
      return "why" in taken ? bad(asDetail(taken.why)) : json(taken);
    },
    giveArchive: async (incoming) => {
      const asked = readExport(incoming);
      if ("why" in asked) return bad(asked.why);
      const pieces = (await load()).give(asked);
      if ("why" in pieces) return bad(asDetail(pieces.why));
      const headers = new Headers({ "content-type": "application/json", "cache-control": "no-store" });
      const body = incoming.request.method === "HEAD" ? null : streamOf(pieces);
      return { type: "response", response: { status: 200, headers, body } };
    },
  };
}

/** More than that is sent in several archives, as `caching-proxy import` does it. */
const MOST_BYTES = 64 * 1024 * 1024;

const TOO_LARGE: Outcome = {
  type: "problem",
  problem: {
    status: 413,
    title: "Archive too large",
    detail: `It is larger than ${MOST_BYTES / 1024 / 1024} MB: send it in parts, as the command caching-proxy import does.`,
  },
};

function readImport({ url }: Incoming): ImportAsked | { readonly why: string } {
  const unknown = unknownIn(url.searchParams, ["origin", "for"]);
  if (unknown !== undefined) return unknown;
  const [origin, name] = ["origin", "for"].map((parameter) => url.searchParams.get(parameter));
  const other = origin == null ? undefined : webOrigin(origin);
  if (other === null) return { why: `origin "${origin}" is no http or https URL.` };
  const ours = name == null ? url : webOrigin(name);
  if (ours === null) return { why: `for "${name}" is no http or https URL.` };
  return { origin: other, publicOrigin: ours.origin };
}

function readExport({ url: { searchParams, origin } }: Incoming): ExportAsked | { readonly why: string } {
  const unknown = unknownIn(searchParams, ["prefix", "secrets"]);
  if (unknown !== undefined) return unknown;
  const secrets = searchParams.get("secrets") ?? "hidden";
  if (secrets !== "hidden" && secrets !== "shown") return { why: `secrets "${secrets}" is neither hidden nor shown.` };
  return { prefix: searchParams.get("prefix") ?? "/", publicOrigin: origin, secrets };
}

function unknownIn(parameters: URLSearchParams, names: readonly string[]): { readonly why: string } | undefined {
  const unknown = [...parameters.keys()].find((name) => !names.includes(name));
  return unknown === undefined
    ? undefined
    : { why: `There is no parameter ${unknown}. There are: ${names.join(", ")}.` };
}

function webOrigin(text: string): URL | null {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** A request's body; undefined where it is too large, so that the rest is not read. */
async function readText({ body }: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return undefined;
    pieces.push(decoder.decode(chunk, { stream: true }));
  }
  pieces.push(decoder.decode());
  return pieces.join("");
}

/** Makes a piece when whoever reads has taken those before: no more than that is in memory at a time. */
function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

function bad(detail: string): Outcome {
  return { type: "problem", problem: { status: 400, title: "Bad question for archives", detail } };
}
