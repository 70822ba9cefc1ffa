import { json, type Operation, type Outcome } from "./admin.ts";
import { readJson, tooLarge } from "./json-body.ts";

/** Whether the origin is asked, and who switches that. */
export type OfflineSource = {
  readonly isOffline: boolean;
  /** False where a worker did not confirm it in time. */
  readonly switchTo: (offline: boolean) => Promise<boolean>;
};

/** The operations on it, by what they are in the table of admin paths. */
export type OfflineOperations = { readonly offline: Operation; readonly switchOffline: Operation };

const BAD = "Nothing to do by that";

/** @param fixed why it cannot be switched, in a sentence; undefined where it can */
export function offlineOperations(source: OfflineSource, fixed: string | undefined): OfflineOperations {
  return {
    offline: () => json({ offline: source.isOffline }),
    async switchOffline({ request }) {
      const body = await readJson(request);
      if (body.type === "too-large") return tooLarge(BAD);
      const offline = body.type === "object" ? body.members.get("offline") : undefined;
      if (typeof offline !== "boolean") return refused('Write {"offline": true} or {"offline": false}.');
      if (fixed !== undefined) return refused(fixed);
      return json({ offline, complete: await source.switchTo(offline) });
    },
  };
}

function refused(detail: string): Outcome {
  return { type: "problem", problem: { status: 400, title: BAD, detail } };
}
