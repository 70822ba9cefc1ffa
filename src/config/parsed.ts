/** What reading a text gave: the value, or what is wrong with the text, said so that `<flag> "<text>" <message>` is a sentence. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** The text means this. */
export function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The text means nothing we allow. */
export function refuse<T>(message: string): Parsed<T> {
  return { ok: false, message };
}
