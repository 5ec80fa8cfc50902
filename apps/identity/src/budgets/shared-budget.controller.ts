import { Controller } from '@nestjs/common';
import { budgetCreate, budgetDelete, budgetList, budgetRead, budgetUpdate } from '@signalbox/contracts';
import { Answers } from '@signalbox/messaging';
import type { z } from 'zod';
import { SharedBudgetService } from './shared-budget.service.js';

@Controller()
export class SharedBudgetController {
  constructor(private readonly budgets: SharedBudgetService) {}

  @Answers(budgetCreate)
  create(request: z.output<typeof budgetCreate.request>) {
    return this.budgets.create(request);
  }

  @Answers(budgetUpdate)
  update(request: z.output<typeof budgetUpdate.request>) {
    return this.budgets.update(request);
  }

  @Answers(budgetDelete)
  delete({ budget_id: id }: z.output<typeof budgetDelete.request>) {
    return this.budgets.delete(id);
  }

  @Answers(budgetRead)
  read({ budget_ids: ids }: z.output<typeof budgetRead.request>) {
    return this.budgets.read(ids);
  }

  @Answers(budgetList)
  list(query: z.output<typeof budgetList.request>) {
    return this.budgets.list(query);
  }
}
