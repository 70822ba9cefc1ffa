#!/usr/bin/env -S BUN_CONFIG_MAX_HTTP_REQUESTS=65336 bun --no-env-file
import { startAnew } from "./commands/new-start.ts";

const argv = process.argv.slice(2);
startAnew(argv);
// Loaded this late, nothing is loaded twice where that starts the process anew.
const { run } = await import("./commands/run.ts");
process.exit(await run(argv));
