import { LineCounter, parseDocument, isNode, type Document } from 'yaml';
import type { Locate, NoteBook } from './note-book.js';

/** Stands for a text that is not YAML; the faults are noted. */
export const unparsed: unique symbol = Symbol('unparsed');

/** Aliases may repeat what was written, but not so often that a small file becomes a large one. */
const MAX_ALIAS_COUNT = 100;

/** Parses YAML 1.2 with merge keys. Syntax errors come with line and column; alias bombs are refused. */
export function parseYaml(text: string, notes: NoteBook): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    notes.textFault(`not valid YAML: ${error.message.split('\n')[0] ?? ''}`, { line, column: col });
  }
  if (document.errors.length > 0) return unparsed;
  notes.locate = locator(document, lines);
  try {
    return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    notes.textFault(`not readable as YAML: ${error instanceof Error ? error.message : String(error)}`);
    return unparsed;
  }
}

/** Looks a path up in the document; a key that is missing is located at the nearest parent that is there. */
function locator(document: Document, lines: LineCounter): Locate {
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const { line, col } = lines.linePos(node.range[0]);
        return { line, column: col };
      }
    }
    return undefined;
  };
}
