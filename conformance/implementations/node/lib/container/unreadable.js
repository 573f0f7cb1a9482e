// A file of a bundle that cannot be read as a plain file.

export class Unreadable extends Error {}

/** The path given is neither a folder nor an archive. */
export class NoBundle extends Error {}

/** An archive has members that are encrypted in a way that hides its list of files. */
export class EncryptedArchive extends Error {}
