/**
 * Has machine code made of what runs often, as usual. The compiled file starts with that put off (`--compile-jit-policy` in scripts/build.ts):
 * what only runs while it starts would take longer to compile than to interpret. To be called once that is over.
 */
export function compileAsUsual(): void {
  Bun.unsafe.setJITPolicy(1);
}
