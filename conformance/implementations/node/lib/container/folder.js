// A bundle in a folder. Links are neither followed nor read, and names are taken as the bytes they are.

import { constants } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { decodeUtf8 } from '../form/strict-json.js';
import { isPath } from '../form/path-grammar.js';
import { LimitReached } from '../form/limits.js';
import { Listing } from './listing.js';
import { Unreadable } from './unreadable.js';

const CHUNK = 256 * 1024;
const SLASH = Buffer.from('/');
const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function sameState(one, other) {
  return one.ino === other.ino && one.dev === other.dev && one.size === other.size && one.mtimeNs === other.mtimeNs;
}

export class Folder extends Listing {
  constructor(root, limits) {
    super();
    this.root = Buffer.from(root);
    this.limits = limits;
  }

  async list() {
    await this.walk(this.root, '');
    return this;
  }

  async walk(folder, prefix) {
    let entries;
    try {
      entries = await opendir(folder, { encoding: 'buffer' });
    } catch {
      this.overlook(prefix);
      return;
    }
    for await (const entry of entries) {
      this.limits.tick();
      const bytes = Buffer.isBuffer(entry.name) ? entry.name : Buffer.from(entry.name);
      const name = prefix + (decodeUtf8(bytes) ?? `\ufffd${bytes.toString('latin1')}`);
      const place = Buffer.concat([folder, SLASH, bytes]);
      const state = await lstat(place, { bigint: true }).catch(() => null);
      if (state === null) {
        this.overlook(name);
      } else if (state.isDirectory()) {
        this.addFolder(name);
        await this.walk(place, `${name}/`);
      } else {
        this.addFile(name, { place, state, size: Number(state.size), regular: state.isFile() });
      }
    }
  }

  /** What cannot be looked at: below a name that is no path a fault is known already; elsewhere this program goes no further. */
  overlook(name) {
    if (isPath(name.endsWith('/') ? name.slice(0, -1) : name)) throw new LimitReached();
    this.unseen = true;
  }

  /** The bytes of a file, in chunks; throws Unreadable. */
  async* read(name) {
    const member = this.members.get(name);
    if (!member.regular) throw new Unreadable();
    let file;
    try {
      file = await open(member.place, OPEN);
    } catch {
      throw new Unreadable();
    }
    try {
      const before = await file.stat({ bigint: true });
      if (!before.isFile() || !sameState(before, member.state)) throw new Unreadable();
      let at = 0;
      for (;;) {
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK, member.size - at + 1));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, at).catch(() => { throw new Unreadable(); });
        if (bytesRead === 0) break;
        at += bytesRead;
        if (at > member.size) throw new Unreadable();
        this.limits.read(bytesRead);
        yield chunk.subarray(0, bytesRead);
      }
      if (at !== member.size || !sameState(await file.stat({ bigint: true }), before)) throw new Unreadable();
    } finally {
      await file.close();
    }
  }

  /** Whether a file can be opened at all, without reading it. */
  async touch(member) {
    if (!member.regular) throw new Unreadable();
    try {
      await (await open(member.place, OPEN)).close();
    } catch {
      throw new Unreadable();
    }
  }

  async close() {}
}
