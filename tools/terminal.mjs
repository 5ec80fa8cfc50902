// How the commands of tools/ show what they do: a line per step, with its time.

const tick = (ok, isTerminal) =>
  isTerminal ? (ok ? '\u001b[32m✓\u001b[0m' : '\u001b[31m✗\u001b[0m') : ok ? '✓' : '✗';
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * A terminal of steps. On a real one the current step is alive; elsewhere (a file, CI) a step that takes longer
 * than a second is announced, so that nobody waits before a silent line.
 * @param {{ quiet?: boolean }} [options] quiet: only what `print` gets is shown, and what fails.
 */
export function createTerminal({ quiet = false } = {}) {
  const out = process.stdout;
  const isTerminal = out.isTTY === true && process.env['TERM'] !== 'dumb';
  let live;

  const wipe = () => {
    if (isTerminal && live !== undefined) out.write('\r\u001b[K');
  };
  const line = (text) => {
    wipe();
    out.write(`${text}\n`);
    draw();
  };
  const draw = () => {
    if (!isTerminal || live === undefined) return;
    const frame = frames[Math.floor(performance.now() / 100) % frames.length];
    out.write(`\r\u001b[K${frame} ${live.title} ${seconds(performance.now() - live.startedAt)}`);
  };

  return {
    /** Runs a step and shows it. The work may return `{ remark }`, shown behind the title. */
    async step(title, work) {
      if (quiet) return work(() => undefined);
      const startedAt = performance.now();
      live = { title, startedAt };
      let isAnnounced = isTerminal;
      const announce = () => {
        if (!isAnnounced) line(`… ${title}`);
        isAnnounced = true;
      };
      const timer = isTerminal ? setInterval(draw, 100) : setTimeout(announce, 1_000);
      timer.unref();
      const finish = (ok, remark = '') => {
        clearInterval(timer);
        wipe();
        live = undefined;
        out.write(`${tick(ok, isTerminal)} ${title}${remark} (${seconds(performance.now() - startedAt)})\n`);
      };
      try {
        const result = await work((text) => {
          announce();
          line(`  ${text}`);
        });
        finish(result?.ok !== false, result?.remark === undefined ? '' : `: ${result.remark}`);
        return result;
      } catch (error) {
        finish(false);
        throw error;
      }
    },
    note(text) {
      if (!quiet) line(indent(text));
    },
    print(text) {
      line(text);
    },
    fail(text) {
      wipe();
      process.stderr.write(`${text}\n`);
    },
  };
}

export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}

export function indent(text) {
  return text.replace(/^/gm, '  ');
}
