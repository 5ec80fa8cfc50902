import { errors } from '@nats-io/transport-node';

/** Whether an event could not be published because the broker takes no message of its size. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof errors.InvalidArgumentError;
}
