import { Inject, Injectable } from '@nestjs/common';
import { decisionExport, decisionExportPage, valueOf } from '@signalbox/contracts';
import type { Bus } from '@signalbox/messaging';
import type { z } from 'zod';
import { BUS } from '../gateway.tokens.js';

type ExportQuestion = z.input<typeof decisionExport.request>;

const options = { unavailable: 'usage_unavailable' } as const;

/** Fetches an export page by page: one page of it is in memory at a time. */
@Injectable()
export class DecisionExport {
  constructor(@Inject(BUS) private readonly bus: Bus) {}

  /**
   * Resolves when it is known that there is an export; its lines come as they are asked for.
   * @throws FaultError `usage_unavailable`
   */
  async open(question: ExportQuestion): Promise<AsyncIterable<string>> {
    const { line, after, last } = valueOf(await this.bus.call(decisionExport, question, options));
    return this.lines(question.endUserId, line, { after, last });
  }

  private async *lines(
    endUserId: string,
    first: string,
    { after, last }: { readonly after: number; readonly last: number },
  ): AsyncGenerator<string> {
    yield `${first}\n`;
    for (let at = after; at < last;) {
      const page = await this.bus.call(decisionExportPage, { endUserId, after: at, last }, options);
      const { lines } = valueOf(page);
      yield lines.map((line) => `${line}\n`).join('');
      at += lines.length;
    }
  }
}
