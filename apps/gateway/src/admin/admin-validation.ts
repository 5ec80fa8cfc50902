import { StandardSchemaValidationPipe } from '@nestjs/common';
import { fault, FaultError } from '@signalbox/contracts';

type Issues = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0];

/** Checks bodies and queries against the schema given to `@Body` or `@Query`; answers 422 in our envelope. */
export const adminValidation = new StandardSchemaValidationPipe({ exceptionFactory: validationFault });

/** All faults in one message; `param` names the first field at fault. */
export function validationFault(issues: Issues): FaultError {
  const faults = issues.map((issue) => ({ field: fieldOf(issue), message: issue.message }));
  const message = faults
    .map(({ field, message: text }) => (field === '' ? text : `${field}: ${text}`))
    .join('; ');
  const param = faults.find(({ field }) => field !== '')?.field;
  return new FaultError(fault('validation_error', message, param === undefined ? {} : { param }));
}

function fieldOf({ path = [] }: Issues[number]): string {
  return path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
}
