import type { Commander } from '../machine/command.ts';

/** Libraries that are in every Debian base or that the Dockerfile installs. */
const providedByBase = /^(linux-vdso|lib(dl|m|c|rt|pthread|gcc_s|stdc\+\+)\.so|ld-linux)/;

/**
 * The shared libraries that must be copied with a Node binary. Official builds need none. A distribution's
 * package links against libnode, ICU and others: then all of them are copied, with the loader that fits them.
 */
export async function librariesOf(commander: Commander, nodeBinary: string): Promise<readonly string[]> {
  const { stdout } = await commander.run('ldd', [nodeBinary]);
  const libraries = parseLdd(stdout);
  const extra = libraries.some(({ name }) => !providedByBase.test(name));
  return extra ? libraries.map(({ path }) => path) : [];
}

/** Lines of ldd: `libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x…)` or `/lib64/ld-linux-x86-64.so.2 (0x…)`. */
export function parseLdd(text: string): readonly { readonly name: string; readonly path: string }[] {
  return text.split('\n').flatMap((line) => {
    const path = /(?:=>\s+)?(\/\S+) \(0x/.exec(line)?.[1];
    return path === undefined ? [] : [{ name: path.slice(path.lastIndexOf('/') + 1), path }];
  });
}

/** Whether a library is the dynamic loader itself. */
export function isLoader(path: string): boolean {
  return /\/ld-[^/]*\.so/.test(path);
}
