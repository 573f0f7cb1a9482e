// Names of files (FSEP-BND-002): each follows the grammar of paths, and no two are alike.

import { isPath, likeness } from '../form/path-grammar.js';

/** The names that are not what they have to be. */
export function checkNames(container, outcomes) {
  const bad = new Set();
  const alike = new Map();
  for (const [name, member] of container.members) {
    if (!isPath(name) || member.twice) bad.add(name);
    const key = likeness(name);
    const others = alike.get(key);
    if (others === undefined) alike.set(key, [name]);
    else others.push(name);
  }
  for (const group of alike.values()) if (group.length > 1) for (const name of group) bad.add(name);
  if (bad.size > 0 || container.badFolders.length > 0) outcomes.fail('FSEP-BND-002');
  return { bad };
}
