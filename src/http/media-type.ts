/**
 * A media type as it compares (RFC 9110 §8.3.1): type, subtype, the names of parameters and a charset know no case, and white space
 * around `;` means nothing. Any other value stays as it is, and so do all parameters where one of them is quoted.
 */
export function normalMediaType(value: string): string {
  const end = value.indexOf(";");
  if (end < 0) return value.trim().toLowerCase();
  const type = value.slice(0, end).trim().toLowerCase();
  if (value.includes('"')) return type + value.slice(end);
  const parameters = value.slice(end + 1).split(";");
  return [type, ...parameters.map(parameter)].join(";");
}

function parameter(text: string): string {
  const equals = text.indexOf("=");
  if (equals < 0) return text.trim();
  // No white space is allowed around `=`: where there is any, it stays.
  const name = text.slice(0, equals).trimStart().toLowerCase();
  const value = text.slice(equals + 1).trimEnd();
  return `${name}=${name === "charset" ? value.toLowerCase() : value}`;
}

/** Type and subtype, in lower case; empty where nothing is said. */
export function essenceOf(contentType: string | null): string {
  return (contentType?.split(";", 1)[0] ?? "").trim().toLowerCase();
}

/** Whether content of the type is JSON (RFC 8259, RFC 6839 §3.1). */
export function isJson(contentType: string | null): boolean {
  const essence = essenceOf(contentType);
  return essence === "application/json" || essence.endsWith("+json");
}

/** A parameter of a media type; undefined where it has none of that name, or several, or an odd one. */
export function parameterOf(contentType: string | null, name: string): string | undefined {
  const parameters = contentType?.slice(essenceEnd(contentType)) ?? "";
  const [one, ...others] = parameters
    .matchAll(/;[ \t]*([^=;\s"]+)=(?:"([^"\\]*)"|([^;\s"]*))/g)
    .filter(([, found = ""]) => found.toLowerCase() === name);
  return others.length === 0 ? (one?.[2] ?? one?.[3]) : undefined;
}

function essenceEnd(contentType: string): number {
  const end = contentType.indexOf(";");
  return end < 0 ? contentType.length : end;
}
