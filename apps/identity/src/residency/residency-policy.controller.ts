import { Controller } from '@nestjs/common';
import { residencyCustomers, residencyPolicies } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { residencyPolicyRow } from './residency-policy-row.js';
import { ResidencyPolicyRepository } from './residency-policy.repository.js';

/** Who is restricted to regions, by what. */
@Controller()
export class ResidencyPolicyController {
  constructor(private readonly repository: ResidencyPolicyRepository) {}

  @Answers(residencyPolicies)
  async policies(
    query: z.output<typeof residencyPolicies.request>,
  ): Promise<z.output<typeof residencyPolicies.value>> {
    const records = await this.repository.policies(query);
    return { policies: records.map(residencyPolicyRow), total: records[0]?.total ?? 0 };
  }

  @Answers(residencyCustomers)
  async customers(
    query: z.output<typeof residencyCustomers.request>,
  ): Promise<z.output<typeof residencyCustomers.value>> {
    return { ids: await this.repository.customers(query) };
  }
}
