import { findPackageJSON } from 'node:module';
import path from 'node:path';

/** Where a module of this folder stands compiled, also for those who run from its source. */
export function compiled(name: string): string {
  return path.join(
    path.dirname(findPackageJSON(import.meta.url) ?? ''),
    'dist/residency-proof',
    `${name}.js`,
  );
}
