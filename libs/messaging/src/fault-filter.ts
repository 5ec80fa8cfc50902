import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { FaultError } from '@signalbox/contracts';
import { throwError, type Observable } from 'rxjs';

/** Lets a `FaultError` pass Nest's own filter, which would replace it by a nameless internal error. */
@Catch(FaultError)
export class FaultFilter implements RpcExceptionFilter<FaultError> {
  catch(exception: FaultError): Observable<never> {
    return throwError(() => exception);
  }
}
