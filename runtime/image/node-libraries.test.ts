import { expect, test } from 'vitest';
import { fakeCommander } from '../machine/commander.fake.ts';
import { isLoader, librariesOf, parseLdd } from './node-libraries.ts';

/** `ldd` of an official build of Node 20.20 (glibc 2.36). */
const official = `	linux-vdso.so.1 (0x00007fdec5d3e000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007fdec5d26000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fdec5a00000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fdec5c46000)
	libgcc_s.so.1 => /lib/x86_64-linux-gnu/libgcc_s.so.1 (0x00007fdec5c26000)
	libpthread.so.0 => /lib/x86_64-linux-gnu/libpthread.so.0 (0x00007fdec5c21000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fdec581e000)
	/lib64/ld-linux-x86-64.so.2 (0x00007fdec5d40000)
`;

/** `ldd` of Debian 12's own nodejs package (18.20). */
const distribution = `	linux-vdso.so.1 (0x00007fa2ad66d000)
	libnode.so.108 => /lib/x86_64-linux-gnu/libnode.so.108 (0x00007fa2aa800000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fa2aa61e000)
	libz.so.1 => /lib/x86_64-linux-gnu/libz.so.1 (0x00007fa2ad632000)
	libuv.so.1 => /lib/x86_64-linux-gnu/libuv.so.1 (0x00007fa2ad602000)
	libbrotlidec.so.1 => /lib/x86_64-linux-gnu/libbrotlidec.so.1 (0x00007fa2ad5f5000)
	libbrotlienc.so.1 => /lib/x86_64-linux-gnu/libbrotlienc.so.1 (0x00007fa2ad562000)
	libcares.so.2 => /lib/x86_64-linux-gnu/libcares.so.2 (0x00007fa2aa607000)
	libnghttp2.so.14 => /lib/x86_64-linux-gnu/libnghttp2.so.14 (0x00007fa2aa5d8000)
	libcrypto.so.3 => /lib/x86_64-linux-gnu/libcrypto.so.3 (0x00007fa2aa000000)
	libssl.so.3 => /lib/x86_64-linux-gnu/libssl.so.3 (0x00007fa2aa52f000)
	libicui18n.so.72 => /lib/x86_64-linux-gnu/libicui18n.so.72 (0x00007fa2a9c00000)
	libicuuc.so.72 => /lib/x86_64-linux-gnu/libicuuc.so.72 (0x00007fa2a9a02000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fa2a9600000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007fa2a9922000)
	libgcc_s.so.1 => /lib/x86_64-linux-gnu/libgcc_s.so.1 (0x00007fa2aa50f000)
	/lib64/ld-linux-x86-64.so.2 (0x00007fa2ad66f000)
	libbrotlicommon.so.1 => /lib/x86_64-linux-gnu/libbrotlicommon.so.1 (0x00007fa2aa4ec000)
	libicudata.so.72 => /lib/x86_64-linux-gnu/libicudata.so.72 (0x00007fa2a7800000)
`;

function librariesFor(ldd: string): Promise<readonly string[]> {
  return librariesOf(
    fakeCommander((line) => (line === 'ldd /opt/node' ? ldd : undefined)),
    '/opt/node',
  );
}

test('an official build takes nothing along: the base has all that it needs', async () => {
  expect(await librariesFor(official)).toEqual([]);
});

test("a distribution's build takes all of its libraries along, with the loader that fits them", async () => {
  const libraries = await librariesFor(distribution);
  expect(libraries).toHaveLength(18);
  expect(libraries).toContain('/lib/x86_64-linux-gnu/libnode.so.108');
  expect(libraries).toContain('/lib/x86_64-linux-gnu/libc.so.6');
  expect(libraries.filter(isLoader)).toEqual(['/lib64/ld-linux-x86-64.so.2']);
});

test('a static build, or a machine without ldd, takes nothing along', async () => {
  expect(await librariesFor('\tstatically linked\n')).toEqual([]);
  expect(
    await librariesOf(
      fakeCommander(() => undefined),
      '/opt/node',
    ),
  ).toEqual([]);
});

test('what the kernel provides has no file; what is missing has none either', () => {
  const text =
    '\tlinux-vdso.so.1 (0x00007fff)\n\tlibuv.so.1 => not found\n\tlibz.so.1 => /lib/libz.so.1 (0x00007f)\n';
  expect(parseLdd(text)).toEqual([{ name: 'libz.so.1', path: '/lib/libz.so.1' }]);
});
