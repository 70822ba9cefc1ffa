import type { CacheKey } from "../../caching/key.ts";
import type { Clock } from "../../caching/moment.ts";
import type { Policy } from "../../caching/policy.ts";
import type { StoredResponse } from "../../caching/stored.ts";
import type { BodySeal } from "../head-shape.ts";
import { areWhole, type ReadHead, readHead } from "../portable.ts";
import { TAKEN_UP_TO } from "../tiers.ts";
import type { Bodies } from "./bodies.ts";
import type { Row } from "./rows.ts";

/** Makes stored responses of rows. */
export class Reader {
  readonly #bodies: Bodies;
  readonly #clock: Clock;
  readonly #policy: Policy;
  readonly #epoch: string;

  /** @param epoch of this process: of no other is it known whether it asked before or after us */
  constructor(bodies: Bodies, clock: Clock, policy: Policy, epoch: string) {
    this.#bodies = bodies;
    this.#clock = clock;
    this.#policy = policy;
    this.#epoch = epoch;
  }

  /** With its body; undefined where one of the two is torn, gone or not what was put. */
  async read(row: Row, key: CacheKey): Promise<StoredResponse | undefined> {
    const head = this.head(row, key);
    if (head === undefined) return undefined;
    const body = await this.#body(row, head.body);
    return body === undefined ? undefined : { ...head.stored, body };
  }

  /** Without its body. */
  head({ head }: Pick<Row, "head">, key: CacheKey): ReadHead | undefined {
    return readHead(head, key, this.#clock(), this.#policy);
  }

  /** As it is held against one that comes: when it was asked for, and how large its body is, which is not read. */
  held(row: Row, key: CacheKey): StoredResponse | undefined {
    const head = this.head(row, key);
    if (head === undefined) return undefined;
    const sentAt = row.epoch === this.#epoch ? row.sentAt : Number.NEGATIVE_INFINITY;
    const body = row.file === null ? new Blob([row.body ?? ""]) : this.#bodies.unread(row.file, row.size);
    return { ...head.stored, body, sentAt };
  }

  async #body(row: Row, seal: BodySeal): Promise<Blob | undefined> {
    if (row.file === null) {
      // Whoever may write to the file may put there what is none.
      const bytes = row.body instanceof Uint8Array ? row.body : NOTHING;
      return areWhole(bytes, seal) ? new Blob([bytes]) : undefined;
    }
    const body = await this.#bodies.read(row.file, seal);
    // What may be taken up into memory must not rest on a file, which may go.
    return body === undefined || body.size > TAKEN_UP_TO ? body : new Blob([await body.bytes()]);
  }
}

const NOTHING = new Uint8Array(0);
