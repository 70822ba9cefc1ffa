type Fields = readonly (readonly [name: string, value: string])[];

/** HAR 1.2's cookies of a request: those of its Cookie fields. */
export function requestCookies(fields: Fields): readonly object[] {
  return valuesOf(fields, "cookie").flatMap((line) =>
    line
      .split(";")
      .map(nameAndValue)
      .filter(({ name, value }) => name !== "" || value !== ""),
  );
}

/** The same of a response: those of its Set-Cookie fields, with what they say of them (RFC 6265 §5.2). */
export function responseCookies(fields: Fields): readonly object[] {
  return valuesOf(fields, "set-cookie").map((line) => {
    const [cookie = "", ...attributes] = line.split(";");
    const said = new Map(attributes.map(nameAndValue).map(({ name, value }) => [name.toLowerCase(), value]));
    const [path, domain, expires] = [said.get("path"), said.get("domain"), Date.parse(said.get("expires") ?? "")];
    return {
      ...nameAndValue(cookie),
      ...(path !== undefined && { path }),
      ...(domain !== undefined && { domain }),
      ...(!Number.isNaN(expires) && { expires: new Date(expires).toISOString() }),
      ...{ httpOnly: said.has("httponly"), secure: said.has("secure") },
    };
  });
}

function valuesOf(fields: Fields, wanted: string): readonly string[] {
  return fields.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
}

function nameAndValue(text: string): { readonly name: string; readonly value: string } {
  const equals = text.indexOf("=");
  return equals < 0
    ? { name: text.trim(), value: "" }
    : { name: text.slice(0, equals).trim(), value: text.slice(equals + 1).trim() };
}
