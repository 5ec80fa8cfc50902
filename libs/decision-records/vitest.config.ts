import { defineConfig } from 'vitest/config';
import { unitTests } from '../../vitest.shared.mjs';

export default defineConfig(unitTests());
