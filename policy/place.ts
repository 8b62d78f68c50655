/** Where a document is published, however its URL is spelled. */
export interface DocumentPlace {
  readonly id: string;
  /** Absent where the URL leaves it to the surroundings: it may then be any. */
  readonly region?: string;
}

/** The place that a URL means. What cannot be read is a place of its own. The provider has the same reading, which this pack does not load: a test compares them. */
export function placeOf(url: string): DocumentPlace {
  const [, scheme = "", rest = ""] = /^([a-z0-9]+):\/\/(.*)$/is.exec(url) ?? [];
  const [path = "", query = ""] = rest.split("?", 2);
  switch (scheme.toLowerCase()) {
    case "file":
      return { id: `file:${plainPath(decoded(rest))}` };
    case "s3":
      // A bucket's name says where it is.
      return { id: `s3:${path}` };
    case "ssm": {
      const region = /(?:^|&)region=([^&]+)/.exec(query)?.[1];
      return { id: `ssm:${plainPath(path)}`, ...(region === undefined ? {} : { region }) };
    }
    default:
      return { id: url };
  }
}

/** True when documents at both would overwrite each other. */
export function isSamePlace(one: DocumentPlace, other: DocumentPlace): boolean {
  const apart = one.region !== undefined && other.region !== undefined && one.region !== other.region;
  return one.id === other.id && !apart;
}

/** Without empty, `.` and `..` segments, and without a leading slash. */
function plainPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  return segments.join("/");
}

/** Some file systems write one name in two ways. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path).normalize("NFC");
  } catch {
    // Not an escape: the text as it stands is the name.
    return path.normalize("NFC");
  }
}
