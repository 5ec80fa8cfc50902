import { LineCounter, parseDocument, isNode, type Document } from 'yaml';
import type { Locate, NoteBook } from './note-book.js';

/** Stands for a text that is not YAML; the faults are noted. */
export const unparsed: unique symbol = Symbol('unparsed');

/** An anchor may be used by hundreds of entries, but not so that a small file becomes a huge one. */
const MAX_ALIAS_COUNT = 10_000;
/** What follows a syntax error is often only its echo. */
const MAX_SYNTAX_FAULTS = 20;

/** Parses YAML 1.2 with merge keys. Syntax errors come with line and column; alias bombs are refused. */
export function parseYaml(text: string, notes: NoteBook): unknown {
  try {
    return parsed(text, notes);
  } catch (error) {
    notes.textFault(`not readable as YAML: ${error instanceof Error ? error.message : String(error)}`);
    return unparsed;
  }
}

function parsed(text: string, notes: NoteBook): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  for (const error of document.errors.slice(0, MAX_SYNTAX_FAULTS)) {
    const { line, col } = lines.linePos(error.pos[0]);
    notes.textFault(`not valid YAML: ${error.message.split('\n')[0] ?? ''}`, { line, column: col });
  }
  if (document.errors.length > 0) return unparsed;
  notes.locate = locator(document, lines);
  return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
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
