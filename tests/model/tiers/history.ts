import { contentOf, PAGES } from "./site.ts";

/** What somebody let go of. */
export type Letting = {
  readonly covers: (path: string) => boolean;
  /** Of an unsafe request alone it is certain that what lasts is another one now. */
  readonly changes: boolean;
  /** What the origin had answered up to then must not be served any more. */
  readonly upTo: number;
  /** From when on, by the count of events, in each process. */
  readonly since: Map<number, number>;
};

/** An answer that somebody got. */
export type Got = {
  readonly from: number;
  readonly path: string;
  /** Of whom it has to be. */
  readonly of: string;
  /** When it was asked for, by the count of events. */
  readonly asked: number;
  readonly method: string;
  readonly fields: Headers;
  readonly status: number;
  readonly body: string;
};

/** All that has been let go of, in the order in which things happened. */
export class History {
  #events = 0;
  readonly #lettings: Letting[] = [];

  /** The next event. */
  tick(): number {
    return ++this.#events;
  }

  add(letting: Letting): void {
    this.#lettings.push(letting);
  }

  /** Why an answer must not be, or undefined. */
  fault({ from, path, of, asked, method, fields, status, body }: Got): string | undefined {
    const page = PAGES[path];
    const shown = `${method} ${path} for ${of} from ${from}: ${fields.get("x-cache")} ${fields.get("cache-status")}`;
    if (status !== 200 && status !== 206) return `${shown}: status ${status}`;
    const number = Number(fields.get("x-number"));
    if (method !== "HEAD") {
      const whole = contentOf(path, of, number);
      const range = /^bytes (\d+)-(\d+)\//.exec(fields.get("content-range") ?? "");
      const due = range === null ? whole : whole.slice(Number(range[1]), Number(range[2]) + 1);
      if (body !== due) return `${shown}: ${body.slice(0, 60)} in place of ${due.slice(0, 60)}`;
    }
    if (page?.fields.age !== undefined && Number(fields.get("age") ?? 0) < Number(page.fields.age)) {
      return `${shown}: Age ${fields.get("age")}`;
    }
    const outdated = this.#lettings.find(
      (one) =>
        one.covers(path) &&
        (one.changes || !page?.lasts) &&
        (one.since.get(from) ?? Number.POSITIVE_INFINITY) < asked &&
        number <= one.upTo,
    );
    return outdated && `${shown}: answer ${number}, although all up to ${outdated.upTo} had gone`;
  }
}
