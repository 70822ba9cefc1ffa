/** The URLs and paths of a list, one a line: lines that begin with # are comments, blank ones nothing. */
export function readList(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
