import { ask } from "../e2e/proxy.ts";
import { type Got, get, type Request } from "./client.ts";
import { BROKEN, ETAG, GOOD } from "./origin-faults.ts";
import type { Site } from "./sites.ts";

/** What is asked while the fault lasts, by the heading under which the table tells what came of it. */
export const SITUATIONS = {
  "nothing stored": { path: "nothing" },
  "who waits for it": { path: "nothing-more" },
  stale: { path: "stale-plain" },
  "stale-if-error": { path: "stale-if-error" },
  "must-revalidate": { path: "stale-strict" },
  HEAD: { path: "head", method: "HEAD" },
  Range: { path: "range", fields: { range: "bytes=0-3" } },
  "If-None-Match": { path: "conditional", fields: { "if-none-match": ETAG } },
  POST: { path: "posted", method: "POST", fields: { "content-length": "0" } },
} as const satisfies Readonly<Record<string, Request>>;

export type Situation = keyof typeof SITUATIONS;

/** What was seen of one fault. */
export type Seen = {
  readonly fault: string;
  readonly got: ReadonlyMap<Situation, Got>;
  /** What lay under the URL of which nothing was stored before. */
  readonly storedAfter: Got;
  /** What lay under that of which something stale was. */
  readonly staleAfter: Got;
  /** What came of the first request once the fault was over, for each of both. */
  readonly next: Got;
  readonly nextOfStale: Got;
  /** How often the origin was sent the POST, where that can be seen. */
  readonly posts: number | undefined;
};

const STALE = ["stale-plain", "stale-if-error", "stale-strict"] as const;

/** What a client got, in a few words that no timing changes: whether the header section was out before a body broke off is a matter of luck. */
export function told({ status, fields, end }: Got): string {
  if (end === "cut off") return "cut off";
  const stale = fields.get("x-cache") === "STALE" ? " (what is stored)" : "";
  return end === "whole" ? `${status}${stale}` : `${status}, goes on`;
}

/** Puts a fault on an origin and says what came of it. */
async function watch(site: Site): Promise<Seen> {
  const { proxy, fault, fields, before, origin } = site;
  const folder = `/${fault.name.replaceAll(/[^a-z0-9]+/gi, "-")}`;
  const asked = (path: string, request: Omit<Request, "path"> = {}): Promise<Got> =>
    get(proxy.port, { ...request, path: `${folder}/${path}` });
  const prepared = async (path: string): Promise<void> => {
    // On a busy machine even the right answer may be late.
    while ((await asked(path)).content !== GOOD);
  };
  await Promise.all(STALE.map(prepared));

  await site.begin();
  const meeting = async (situation: Situation): Promise<[Situation, Got]> => {
    const { path, ...request }: Request = SITUATIONS[situation];
    await before?.();
    const meant = { ...request, fields: { ...request.fields, ...fields }, wait: fault.wait };
    return [situation, situation === "who waits for it" ? await followed(path, meant) : await asked(path, meant)];
  };
  const met: [Situation, Got][] = [];
  const situations = Object.keys(SITUATIONS).filter((name): name is Situation => name in SITUATIONS);
  if (before === undefined) met.push(...(await Promise.all(situations.map(meeting))));
  else for (const situation of situations) met.push(await meeting(situation));

  const stored = { "cache-control": "only-if-cached" };
  const storedAfter = await asked("nothing", { fields: stored });
  const staleAfter = await asked("stale-plain", { fields: { "cache-control": "only-if-cached, max-stale" } });

  await site.end();
  // What came whole is fresh, and would answer.
  const anew = ({ content }: Got): Omit<Request, "path"> =>
    content.startsWith(BROKEN) ? { fields: { "cache-control": "no-cache" } } : {};
  const next = await asked("nothing", anew(storedAfter));
  const nextOfStale = await asked("stale-plain", anew(staleAfter));
  const posts = origin?.seen.filter((line) => line.startsWith(`POST ${folder}/`)).length;
  return { fault: fault.name, got: new Map(met), storedAfter, staleAfter, next, nextOfStale, posts };

  /** What comes to a second client that asks for the same while the first waits. */
  async function followed(path: string, request: Omit<Request, "path">): Promise<Got> {
    const held = origin?.hold(`${folder}/${path}`);
    const first = asked(path, request);
    await held?.arrived;
    const second = asked(path, request);
    // A round trip behind it: it has been taken in.
    await (await ask(proxy, "/health")).text();
    held?.release();
    const [one, other] = await Promise.all([first, second]);
    if (told(one) !== told(other))
      throw new Error(`${fault.name}: ${told(one)}, and who waited for it: ${told(other)}`);
    return other;
  }
}

/** Watches each, so many at a time. */
export async function watchAll(sites: readonly Site[], atOnce = 3): Promise<readonly Seen[]> {
  const seen = new Map<Site, Seen>();
  const waiting = [...sites];
  const next = async (): Promise<void> => {
    for (let site = waiting.shift(); site !== undefined; site = waiting.shift()) seen.set(site, await watch(site));
  };
  // Whose time is that of a clock wait together; the others would only make each other late.
  const late = waiting.filter(({ fault }) => fault.isLate);
  for (const site of late) waiting.splice(waiting.indexOf(site), 1);
  const watched = Promise.all(late.map(async (site) => seen.set(site, await watch(site))));
  await Promise.all([watched, ...Array.from({ length: atOnce }, next)]);
  return sites.flatMap((site) => seen.get(site) ?? []);
}
