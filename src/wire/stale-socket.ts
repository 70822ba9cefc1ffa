import { lstatSync, rmSync } from "node:fs";
import { connect } from "node:net";

/** Takes a socket away that was left behind by somebody who listens no more: nobody could listen there otherwise. */
export async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const { promise, resolve } = Promise.withResolvers<"heard" | "refused">();
  const socket = connect(path, () => resolve("heard"));
  // Any other failure is for who then listens to say.
  socket.on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED" ? "refused" : "heard"));
  const answer = await promise;
  socket.destroy();
  if (answer === "refused") rmSync(path, { force: true });
}
