import type { Target } from "./target.ts";
import { front } from "./targets/front.ts";
import { origin } from "./targets/origin.ts";

/** All that is attacked. */
export const TARGETS: readonly Target[] = [front, origin];
