/** What an object of unknown shape holds under a name; undefined where it is none, or holds nothing of its own there. */
export function valueIn(object: unknown, name: string): unknown {
  if (typeof object !== "object" || object === null || !Object.hasOwn(object, name)) return undefined;
  return Reflect.get(object, name);
}

/** The text under a name, if there is one. */
export function textIn(object: unknown, name: string): string | undefined {
  const value = valueIn(object, name);
  return typeof value === "string" ? value : undefined;
}

/** The number under a name, if there is one; some programs write numbers as text. */
export function numberIn(object: unknown, name: string): number | undefined {
  const value = valueIn(object, name);
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The members of the list under a name; none where there is no list. */
export function listIn(object: unknown, name: string): readonly unknown[] {
  const value = valueIn(object, name);
  return Array.isArray(value) ? value : [];
}
