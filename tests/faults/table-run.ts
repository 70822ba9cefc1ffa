import { originSites } from "./sites.ts";
import { PAGE, pageWith, tables } from "./table.ts";
import { watchAll } from "./watch.ts";

/** Puts every fault on an origin, and writes what was seen into docs/faults.md. */
await using stack = new AsyncDisposableStack();
const seen = await watchAll(await originSites(stack));
await Bun.write(PAGE, pageWith(await Bun.file(PAGE).text(), tables(seen)));
