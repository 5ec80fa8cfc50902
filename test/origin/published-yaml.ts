const ofDeployment = new Set(['model_name', 'litellm_params', 'model_info', 'tpm', 'rpm']);

/**
 * The page's configuration, from `model_list:` to the end of its last setting, without the author's remarks. Pages whose
 * indentation was lost on their way through the web get it back.
 */
export function publishedYaml(document: string): string {
  const lines = document.replaceAll(/[ \t]*# (?:👈|ðŸ‘ˆ).*$/gm, '').split('\n');
  const start = lines.findIndex((line) => line.trim() === 'model_list:');
  const length = lines.slice(start).findIndex((line) => !isYaml(line));
  const block = lines
    .slice(start, length === -1 ? undefined : start + length)
    .filter((line) => line.trim() !== '');
  return block.some((line) => line.startsWith(' ')) ? block.join('\n') : indented(block);
}

function isYaml(line: string): boolean {
  return line.trim() === '' || /^\s*(?:- )?[a-z_]+:(?:$| )/.test(line);
}

function indented(lines: readonly string[]): string {
  let inDeployments = false;
  return lines
    .map((line) => {
      if (/^[a-z_]+:$/.test(line) && !ofDeployment.has(line.slice(0, -1))) {
        inDeployments = line === 'model_list:';
        return line;
      }
      if (!inDeployments) return `  ${line}`;
      if (line.startsWith('- ')) return `  ${line}`;
      return line.endsWith(':') ? `    ${line}` : `      ${line}`;
    })
    .join('\n');
}
