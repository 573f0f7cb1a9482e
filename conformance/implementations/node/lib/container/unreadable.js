// A file of a bundle that cannot be read as a plain file.

export class Unreadable extends Error {}

/** The path given is neither a folder nor an archive. */
export class NoBundle extends Error {}

/** There are more files and folders than a bundle has. */
export class TooManyFiles extends Error {}
