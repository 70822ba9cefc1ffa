/** Reads a stream of events and throws it away, for as long as it comes: the URL is its argument. */
const response = await fetch(process.argv[2] ?? "");
if (!response.ok || response.body === null) throw new Error(`There is nothing to watch: ${response.status}.`);
for await (const _ of response.body);

export {};
