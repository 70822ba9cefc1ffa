import type { Target } from "./target.ts";
import { admin } from "./targets/admin.ts";
import { contents } from "./targets/contents.ts";
import { fields } from "./targets/fields.ts";
import { files } from "./targets/files.ts";
import { front } from "./targets/front.ts";
import { origin } from "./targets/origin.ts";
import { stored } from "./targets/stored.ts";

/** All that is attacked. */
export const TARGETS: readonly Target[] = [front, origin, admin, stored, fields, contents, files];
