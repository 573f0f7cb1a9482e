// What a container holds, by name: files, and folders, also those that stand in the paths of files alone.

import { TooManyFiles } from './unreadable.js';

const MOST = 100_000; // files and folders (chapter 1, FSEP-BND-003)

export class Listing {
  constructor() {
    /**
     * Name of each file as a text (bytes that are no UTF-8 as Latin-1) to what is known of it: whether all that has the
     * name is a plain file (`regular`), and how many plain files have it (`times`).
     */
    this.members = new Map();
    /**
     * Name of each folder to how many entries of its own it has (`entries`), and whether its name is held to anything
     * (`named`): one that stands in the paths of what is no plain file alone is not (chapter 1, FSEP-BND-003).
     */
    this.folders = new Map();
    /** Whether the entry of a folder is not what the entry of one has to be. */
    this.hasOddFolder = false;
    /** Whether something lies so deep that this program cannot come to it. */
    this.unseen = false;
    this.count = 0;
  }

  grow() {
    this.count += 1;
    if (this.count > MOST) throw new TooManyFiles();
  }

  addFile(name, member) {
    this.grow();
    const known = this.members.get(name);
    if (known === undefined) this.members.set(name, { ...member, times: member.regular ? 1 : 0 });
    else if (member.regular) known.times += 1;
    else known.regular = false; // nobody can say which of the two has the name
    this.addParents(name, member.regular);
  }

  addFolder(name) {
    const known = this.folders.get(name);
    if (known === undefined || known.entries > 0) this.grow();
    this.folders.set(name, { entries: (known?.entries ?? 0) + 1, named: true });
    this.addParents(name, true);
  }

  /** What is said to be neither a folder nor a file, under a name that only a folder has. */
  addOddFolder(name) {
    this.grow();
    this.hasOddFolder = true;
    this.addParents(name, false);
  }

  /** The folders in whose paths a name stands, from the innermost: of one that is known those around it are, too. */
  addParents(name, named) {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const parent = name.slice(0, at);
      const known = this.folders.get(parent);
      if (known === undefined) {
        this.grow();
        this.folders.set(parent, { entries: 0, named });
      } else if (named && !known.named) {
        known.named = true;
      } else {
        return;
      }
    }
  }
}
