const NAME = "caching-proxy-admin-token";

/** The admin token as the person gave it: kept until the tab is closed. */
export class Token {
  #value: string | undefined = stored();

  get value(): string | undefined {
    return this.#value;
  }

  set(value: string): void {
    this.#value = value;
    try {
      sessionStorage.setItem(NAME, value);
    } catch (error) {
      console.warn("The token is forgotten with this page: the browser stores nothing for it.", error);
    }
  }
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(NAME) ?? undefined;
  } catch (error) {
    console.warn("The browser stores nothing for this page.", error);
    return undefined;
  }
}
