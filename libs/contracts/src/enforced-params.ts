import { z } from 'zod';

/** Fields that a call must have in its body; a dot leads into one of them: `metadata.generation_name`. */
export const EnforcedParamsSchema = z.array(z.string().min(1).max(200)).max(50);
