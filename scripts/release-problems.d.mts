/** What decides about a release. */
export interface Release {
  readonly tag: string | undefined;
  readonly manifest: { readonly version: string; readonly repository: { readonly url: string } };
  readonly changelog: string;
  /** Whether main has the tagged commit. */
  readonly isOnMain: boolean;
}
/** Everything that stands in the way of a release, at once. */
export function releaseProblems(release: Release): readonly string[];
