/** Puts load on a server from a process of its own: the plan as JSON. Prints what came of it as JSON. */
import { generate } from "./generator.ts";

console.log(JSON.stringify(await generate(JSON.parse(process.argv[2] ?? ""))));
process.exit(0);
