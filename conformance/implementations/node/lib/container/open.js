// Opens what a bundle is given as. The path itself is the caller's and may be a link; nothing in the bundle may.

import { stat } from 'node:fs/promises';
import { Archive } from './archive.js';
import { Folder } from './folder.js';
import { NoBundle } from './unreadable.js';

export async function openContainer(path, limits) {
  let state;
  try {
    state = await stat(path);
  } catch {
    throw new NoBundle();
  }
  if (state.isDirectory()) return new Folder(path, limits).list();
  if (state.isFile()) return new Archive(path, limits).list();
  throw new NoBundle();
}
