/** Where progress goes, one line at a time. */
export type Report = (line: string) => void;

/** Progress belongs on stderr, so that stdout stays a program's answer. */
export const reportToStderr: Report = (line) => console.error(`set-up: ${line}`);
