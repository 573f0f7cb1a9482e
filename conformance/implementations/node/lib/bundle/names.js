// Names of files and folders (FSEP-BND-002): each follows the grammar of paths, and no two are alike.

import { isPath, likeness, LONGEST_PATH } from '../form/path-grammar.js';

/** The names of files that are not what they have to be. */
export function checkNames(container, limits, outcomes) {
  const bad = new Set();
  const alike = new Map(); // what names have in common to those names, of files as texts and of folders as `null`
  let sound = true;
  const add = (name, file) => {
    limits.time();
    if (name.length > LONGEST_PATH) return; // a fault by itself, and alike to no path: folding makes none shorter in ASCII
    const key = likeness(name);
    const others = alike.get(key);
    if (others === undefined) alike.set(key, [file]);
    else others.push(file);
  };
  for (const [name, { times }] of container.members) {
    if (times === 0) continue; // what is no plain file is a fault under FSEP-BND-003 alone
    if (!isPath(name) || times > 1) bad.add(name);
    add(name, name);
  }
  for (const [name, { entries, named }] of container.folders) {
    if (!named) continue;
    if (!isPath(name) || entries > 1) sound = false;
    add(name, null);
  }
  for (const group of alike.values()) {
    if (group.length === 1) continue;
    sound = false;
    for (const file of group) if (file !== null) bad.add(file);
  }
  if (bad.size > 0 || !sound) outcomes.fail('FSEP-BND-002');
  return { bad };
}
