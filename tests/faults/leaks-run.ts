import { leftAfter } from "./leaks.ts";

/** Meets every fault of an origin 200 times, and says what is left of it. */
await using stack = new AsyncDisposableStack();
const { sockets, bytes, status } = await leftAfter(stack, 200);
console.log(
  `${sockets} sockets and ${Math.round(bytes / 1e6)} MB more than after 20 times; the next request is a ${status}`,
);
