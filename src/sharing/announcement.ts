/** An announcement as Redis numbers it. Its text means nothing here. */
export type Announcement = {
  /** Names the run of numbers: another one begins where Redis has lost the last. */
  readonly epoch: string;
  /** One more than that of the announcement before. */
  readonly number: number;
  readonly sender: string;
  readonly text: string;
};

/** How far the announcements have come. */
export type Position = Pick<Announcement, "epoch" | "number">;

/** What there was since a position: where it has come to, and what lies between as far as it is known, the oldest first. */
export type Since = { readonly now: Position; readonly missed: readonly string[] };

/** Reads an announcement; undefined where it is none. */
export function readAnnouncement(message: string): Announcement | undefined {
  const read = /^([\w-]+) ([1-9]\d{0,15}) ([\w-]+) /.exec(message);
  const [before, epoch, number, sender] = read ?? [];
  if (before === undefined || epoch === undefined || sender === undefined) return undefined;
  return { epoch, number: Number(number), sender, text: message.slice(before.length) };
}

/**
 * Reads what the script SINCE gives.
 * @throws Error where it is not that
 */
export function readSince(reply: unknown): Since {
  const [epoch, number, missed] = Array.isArray(reply) ? reply : [];
  const isWhole = typeof epoch === "string" && typeof number === "number" && Array.isArray(missed);
  if (!isWhole) throw new Error(`Redis holds something else than announcements: ${JSON.stringify(reply)}`);
  return { now: { epoch, number }, missed: missed.map(String).reverse() };
}

/** What to do to have heard everything. */
export type CatchUp =
  | { readonly type: "nothing" }
  | { readonly type: "hear"; readonly announcements: readonly Announcement[]; readonly unreadable: number }
  /** Nobody knows any more what was announced meanwhile. */
  | { readonly type: "forget" };

/** Decides what has been missed since `heard`, which is undefined for who has heard nothing yet. */
export function catchUp(heard: Position | undefined, { now, missed }: Since): CatchUp {
  if (heard === undefined || now.epoch !== heard.epoch || now.number < heard.number) return { type: "forget" };
  if (now.number === heard.number) return { type: "nothing" };
  if (missed.length < now.number - heard.number) return { type: "forget" };
  const announcements = missed.map(readAnnouncement).filter((each) => each !== undefined);
  return { type: "hear", announcements, unreadable: missed.length - announcements.length };
}
