/**
 * Hands on what a process writes in whole lines, so that those of several processes can go to one place: a pipe takes at most 4 KB from each
 * without tearing. What is left at the end without a line feed was never whole and is left out.
 * @param write resolves once the bytes are on their way; nothing is read before that
 */
export async function wholeLines(
  stream: ReadableStream<Uint8Array>,
  write: (lines: Uint8Array) => Promise<void>,
): Promise<void> {
  let begun: Uint8Array[] = [];
  for await (const chunk of stream) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      const lines = chunk.subarray(0, end);
      await write(begun.length === 0 ? lines : Buffer.concat([...begun, lines]));
      begun = [];
    }
    if (end < chunk.length) begun.push(chunk.subarray(end));
  }
}

const LINE_FEED = 10;
