import { cleanup } from "../../e2e/cleanup.ts";
import { describeStore } from "../contract.ts";
import { startMemcached } from "../memcached-server.ts";
import { openStore } from "./opened.ts";

const stack = cleanup();
const servers = await Promise.all([startMemcached(stack), startMemcached(stack)]);
const addresses = servers.map(({ address }) => address);

describeStore("memcached", async () => (await openStore(stack, addresses.slice(0, 1))).store, "uncounted");
describeStore("two memcached", async () => (await openStore(stack, addresses)).store, "uncounted");
