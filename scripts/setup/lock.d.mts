export function withLock<T>(folder: string, report: (line: string) => void, work: () => Promise<T>): Promise<T>;
