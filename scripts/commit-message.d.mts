/** Everything that is wrong with a commit message, at once. */
export function problemsOf(message: string): readonly string[];
