import type { Milliseconds } from "../../http/date.ts";
import type { Address } from "./line.ts";

/**
 * Asks what listens somewhere for its version, as memcached has it; the client would wait in vain for another answer.
 * @returns the first line that it answers; undefined where nobody is there, or nothing is said in time
 */
export async function introduction({ host, port }: Address, patience: Milliseconds): Promise<string | undefined> {
  const line = Promise.withResolvers<string | undefined>();
  const giveUp = (): void => line.resolve(undefined);
  const timer = setTimeout(giveUp, patience);
  let said = "";
  const end = (): void => line.resolve(said === "" ? undefined : said);
  const connecting = Bun.connect({
    ...{ hostname: host, port },
    socket: {
      open: (socket) => void socket.write("version\r\n"),
      data: (_, bytes) => {
        said += bytes.toString("latin1");
        const [first = "", rest] = said.split("\r\n", 2);
        if (rest !== undefined) line.resolve(first);
      },
      close: end,
      error: end,
    },
  });
  connecting.catch(giveUp);
  try {
    return await line.promise;
  } finally {
    clearTimeout(timer);
    connecting.then((socket) => socket.end(), giveUp);
  }
}

/** Whether that is what a memcached says that answers whoever asks. */
export function isMemcached(said: string): boolean {
  return said.startsWith("VERSION ");
}
