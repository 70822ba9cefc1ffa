import { everyPlace, type Place } from "../caching/invalidation.ts";
import { cacheKey, type Keyed } from "../caching/key.ts";
import type { Clock } from "../caching/moment.ts";
import { namedPrefix, namedUrl, type Unknown } from "../caching/naming.ts";
import type { Milliseconds } from "../http/date.ts";
import { type DetailedEntry, detailedEntry, type Entry } from "../store/entry.ts";
import { type Listing, type ListingQuestion, list, mergeListings } from "../store/listing.ts";
import type { VariedStore } from "../store/varied.ts";
import type { Crew } from "./crew.ts";
import type { Answer, Inquiry } from "./message.ts";

/** How long a worker looks through its store, and how long another one waits for that. */
const SCAN_PATIENCE: Milliseconds = 3000;
const CREW_PATIENCE: Milliseconds = 4000;
/** QUERYs of one URL that are shown. */
const MOST_QUERIES = 100;

/** What a worker can tell of what it holds, alone and together with the others. */
export class Inspection {
  readonly #store: VariedStore;
  readonly #crew: Crew | undefined;
  readonly #clock: Clock;

  /** @param crew the others where each has a store of its own; undefined where this process is alone or all see one tier */
  constructor(store: VariedStore, crew: Crew | undefined, clock: Clock) {
    this.#store = store;
    this.#crew = crew;
    this.#clock = clock;
  }

  /** Lists what all hold. */
  async page(question: ListingQuestion): Promise<Listing> {
    const [own, others] = await Promise.all([this.#list(question), this.#ask({ type: "list", question })]);
    const listings = others.answers.flatMap((answer) => (answer.type === "list" ? [answer.listing] : []));
    const merged = mergeListings([own, ...listings], question.limit);
    return { ...merged, complete: merged.complete && others.complete };
  }

  /** What all hold that may answer for a URL, and what QUERYs of it brought. */
  async one(url: Keyed): Promise<readonly DetailedEntry[]> {
    const [own, others] = await Promise.all([this.#look(url), this.#ask({ type: "look", url: url.target().href })]);
    return [...own, ...others.answers.flatMap((answer) => (answer.type === "look" ? answer.entries : []))];
  }

  /** The same by what a person names, who reached us under a scheme and host of his own. */
  below(place: Place) {
    return {
      page: async (question: ListingQuestion, publicOrigin: string): Promise<Listing | Unknown> => {
        const found = everyPlace(place).map((each) => namedPrefix(question.prefix, { ...each, publicOrigin }));
        const prefixes = new Set(found.flatMap((each) => (each.type === "prefix" ? [each.prefix] : [])));
        const [refused] = found;
        if (prefixes.size === 0 && refused?.type === "refused") return refused;
        const pages = await Promise.all([...prefixes].map((prefix) => this.page({ ...question, prefix })));
        return mergeListings(pages, question.limit);
      },
      one: async (text: string, publicOrigin: string): Promise<readonly DetailedEntry[] | Unknown> => {
        const found = everyPlace(place).map((each) => namedUrl(text, { ...each, publicOrigin }));
        const urls = new Map(found.flatMap((each) => (each.type === "url" ? [[each.url.key, each.url] as const] : [])));
        const [refused] = found;
        if (urls.size === 0 && refused?.type === "refused") return refused;
        return (await Promise.all([...urls.values()].map((url) => this.one(url)))).flat();
      },
    };
  }

  /** Answers another worker. */
  async answer(question: Inquiry): Promise<Answer> {
    if (question.type === "list") return { type: "list", listing: await this.#list(question.question) };
    const url = new URL(question.url);
    return { type: "look", entries: await this.#look({ target: () => url, key: cacheKey(url) }) };
  }

  async #list(question: ListingQuestion): Promise<Listing> {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const listing = await list(this.#store, question, { clock: this.#clock, patience: SCAN_PATIENCE, turn });
    return { ...listing, items: listing.items.map(({ place, entry }) => ({ place, entry: this.#signed(entry) })) };
  }

  async #look(url: Keyed): Promise<readonly DetailedEntry[]> {
    const queries = await this.#store.keys({ prefix: `${url.key}#`, after: undefined, limit: MOST_QUERIES });
    const keys = [...this.#store.keysOf(url), ...queries];
    const held = await Promise.all(keys.map((key) => this.#store.look(key)));
    const now = this.#clock();
    return held.flat().map((one) => this.#signed(detailedEntry(one, now)));
  }

  #signed<T extends Entry>(entry: T): T {
    return this.#crew === undefined ? entry : { ...entry, worker: this.#crew.place.number };
  }

  async #ask(question: Inquiry): ReturnType<Crew["ask"]> {
    return this.#crew === undefined ? { answers: [], complete: true } : this.#crew.ask(question, CREW_PATIENCE);
  }
}
