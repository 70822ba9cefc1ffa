/** The environment variable that stands for a flag: `CACHING_PROXY_MAX_SIZE` for `max-size`. */
export function variableOf(name: string): string {
  return `CACHING_PROXY_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** By which name a flag stands in a config file: `maxSize` for `max-size`. */
export function settingOf(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
