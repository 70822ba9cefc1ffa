/** What a release was made from. */
export type Source = { readonly commit: string; readonly tag: string; readonly name: string; readonly version: string };

/** A file of a release. */
export type Artifact = { readonly file: string; readonly sha256: string };

/**
 * Says how the files of a release came about, as an in-toto statement with a predicate of SLSA provenance v1: what a signer signs. It is
 * not signed here.
 */
export function provenance(source: Source, artifacts: readonly Artifact[]) {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: artifacts.map(({ file, sha256 }) => ({ name: file, digest: { sha256 } })),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: `pkg:generic/${source.name}/scripts/release.ts`,
        externalParameters: {
          command: "bun run release",
          package: source.name,
          version: source.version,
          ref: source.tag,
        },
        resolvedDependencies: [{ name: "source", digest: { gitCommit: source.commit } }],
      },
      runDetails: { builder: { id: `bun@${Bun.version}` } },
    },
  } as const;
}

/** The notes of a release: what has changed, and how whoever has a file finds out that it is this one. */
export function notes({ commit, tag, name, version }: Source, section: string, artifacts: readonly Artifact[]): string {
  const sums = artifacts.map(({ file, sha256 }) => `    ${sha256}  ${file}`).join("\n");
  return `# ${name} ${version}

${section}

## Files

Made of commit ${commit} (${tag}) by Bun ${Bun.version}. \`sha256sum --check SHA256SUMS\` compares them with

${sums}

\`provenance.json\` says the same as an in-toto statement, which is not signed.
`;
}
