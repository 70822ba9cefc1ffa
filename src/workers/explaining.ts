import { askedOrigin } from "../caching/apart.ts";
import { type ExplainedMisses, explainMisses, type PastExchange } from "../caching/explain-misses.ts";
import { type IgnoredQuery, keptQuery } from "../caching/ignored-query.ts";
import type { Place } from "../caching/invalidation.ts";
import { namedRequest, type Unknown } from "../caching/naming.ts";
import { shownValue } from "../caching/personal.ts";
import { nearlyHit, worthIgnoring } from "../caching/suggestions.ts";
import type { Milliseconds } from "../http/date.ts";
import type { Explanation, Supposed } from "../store/explanation.ts";
import type { Crew } from "./crew.ts";
import type { Answer } from "./message.ts";

/** A request as a person puts it. */
export type Wondered = {
  /** A path or a URL, of the proxy or of the origin. */
  readonly url: string;
  readonly method: string;
  readonly headers: Supposed["headers"];
};

/** What would be done with a request and why, with what the last exchanges of its path tell. */
export type Explained = Explanation & {
  /** Who would be asked, with the base path. */
  readonly origin: string;
  /** As asked of the proxy. */
  readonly url: string;
  /** Those of the request; credentials hidden. */
  readonly headers: Supposed["headers"];
  /** What the last exchanges of the path were. */
  readonly recent: ExplainedMisses;
  /** What the other workers would do, where each has a memory of its own. */
  readonly others?: readonly Explanation[];
};

/** The last exchanges of a path, of all workers. */
export type RecentOf = (pathname: string) => Promise<readonly PastExchange[]> | readonly PastExchange[];

/** What explaining rests on. */
export type ExplainingParts = {
  /** What this worker would do. */
  readonly explain: (supposed: Supposed) => Promise<Explanation>;
  /** The others where each has a store of its own; undefined where this process is alone or all see one tier. */
  readonly crew: Crew | undefined;
  /** Whether a request is known by its content, which a person does not tell. */
  readonly asksByContent?: (supposed: Supposed) => boolean;
  readonly place: Required<Place>;
  readonly recentOf: RecentOf;
  /** Whether a path is the proxy's own, so that no request for it is any of the cache's. */
  readonly isOwn: (pathname: string) => boolean;
};

/** How long another worker is waited for. */
const PATIENCE: Milliseconds = 4000;

/** The fields by which a request says under which name it asks. */
const NAMING = new Set(["host", "x-forwarded-host", "x-forwarded-proto"]);

/** What a worker can tell of what it would do with a request, alone and together with the others. */
export class Explaining {
  readonly #parts: ExplainingParts;

  constructor(parts: ExplainingParts) {
    this.#parts = parts;
  }

  /** Explains what a person wonders about, who reached us under a scheme and host of his own. */
  async one({ url, method, headers }: Wondered, publicOrigin: string): Promise<Explained | Unknown> {
    const { place, recentOf, isOwn, asksByContent } = this.#parts;
    const found = namedRequest(url, { ...place, publicOrigin });
    if (found.type === "refused") return found;
    const asked = found.url;
    if (isOwn(asked.pathname)) return { type: "refused", why: `"${url}" is one of the proxy's own paths` };
    const host = headers.find(([name]) => name === "host")?.[1];
    if (host !== undefined) {
      // Else it would keep the port of ours.
      asked.port = "";
      asked.host = host;
    }
    const name = headers.some(([field]) => NAMING.has(field)) ? "stated" : found.name;
    const supposed = { url: asked.href, method, headers, name } as const;
    if (asksByContent?.(supposed)) {
      const why = `A rule has a ${method} of ${asked.pathname} be known by its content (key.body), which is not asked about here; /entries?url= shows what such brought`;
      return { type: "refused", why };
    }
    const [own, others, past] = await Promise.all([
      this.#own(supposed),
      this.#others(supposed),
      recentOf(asked.pathname),
    ]);
    const mattering = new Set([own, ...others].flatMap(matteringIn));
    const kept = past.map((one) => ({ ...one, path: keptPath(one.path, place.ignored) }));
    const recent = explainMisses(kept, keptQuery(asked.search, place.ignored), mattering);
    return {
      ...{
        origin: place.origin.href.replace(/\/$/, ""),
        url: askedOrigin(own.publicOrigin) + asked.pathname + asked.search,
      },
      headers: headers.map(([name, value]) => [name, shownValue(name, value)] as const),
      ...own,
      ...storyOf(own, recent),
      recent,
      ...(others.length === 0 ? {} : { others }),
    };
  }

  /** Answers another worker. */
  async answer(supposed: Supposed): Promise<Answer> {
    return { type: "explain", explanation: await this.#own(supposed) };
  }

  async #own(supposed: Supposed): Promise<Explanation> {
    const { crew } = this.#parts;
    const explanation = await this.#parts.explain(supposed);
    return crew === undefined ? explanation : { ...explanation, worker: crew.place.number };
  }

  async #others(supposed: Supposed): Promise<readonly Explanation[]> {
    const { crew } = this.#parts;
    if (crew === undefined) return [];
    const { answers } = await crew.ask({ type: "explain", supposed }, PATIENCE);
    return answers.flatMap((answer) => (answer.type === "explain" ? [answer.explanation] : []));
  }
}

/** Path and query without what is dropped from it. */
function keptPath(path: string, ignored: IgnoredQuery): string {
  const question = path.indexOf("?");
  return question < 0 ? path : path.slice(0, question) + keptQuery(path.slice(question), ignored);
}

/** The parameters by which what is stored differs: to ignore those would be wrong. */
function matteringIn({ contents }: Explanation): readonly string[] {
  return contents.flatMap(({ name, content }) => (content === "differs" ? [name] : []));
}

/** Reasons and changes with what the last exchanges say: where nothing is stored, they know why. */
function storyOf(
  { verdict, because, changes, nearest, contents }: Explanation,
  { notStored, ignorable }: ExplainedMisses,
): Pick<Explanation, "because" | "changes"> {
  if (verdict.type !== "forward" || verdict.fwd !== "uri-miss") return { because, changes };
  const nearly = nearlyHit(nearest);
  return {
    because: notStored === undefined ? because : `${because}: the last answer was not stored, since ${notStored.says}`,
    changes: [
      ...(notStored === undefined ? changes : [notStored.change]),
      ...(nearly === undefined ? [] : [nearly]),
      ...(ignorable === undefined ? [] : [worthIgnoring(ignorable, contents)]),
    ],
  };
}
