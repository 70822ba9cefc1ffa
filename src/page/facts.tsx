export type Fact = readonly [name: string, value: string | undefined];

/**
 * What is known by name; undefined is left out.
 * @param code names of those that are no words
 */
export function Facts({ facts, code = [] }: { readonly facts: readonly Fact[]; readonly code?: readonly string[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value === undefined ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={code.includes(name) ? "code" : undefined}>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
