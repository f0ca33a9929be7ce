import { spawn } from 'node:child_process';

/** How long the program that opens a file may take to fail, in milliseconds. Some run until the file is closed. */
const failsWithinMs = 2000;

const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';

/** Shows a file in the user's own program for it. False: there is none, or it failed at once. */
export function openFile(path: string, program = opener): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [path], { detached: true, stdio: 'ignore' });
    const shown = setTimeout(() => resolve(true), failsWithinMs);
    child.once('error', () => {
      clearTimeout(shown);
      resolve(false);
    });
    child.once('exit', (code) => {
      clearTimeout(shown);
      resolve(code === 0);
    });
    child.unref();
  });
}
