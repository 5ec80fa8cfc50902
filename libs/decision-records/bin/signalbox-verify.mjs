#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { verifyCommand } from '../dist/index.js';

process.exitCode = await verifyCommand(process.argv.slice(2), {
  read: (path) => createReadStream(path),
  write: (text) => process.stdout.write(text),
});
