import type { DecisionHop, DecisionRecord, Region } from '@signalbox/contracts';
import type { MadeCall, Receipt } from './oracle.js';
import { answersTo } from './places.js';
import type { Demand } from './rules.js';

/** What a decision record says otherwise than those who saw the call: its client and its providers. */
export function checkRecord(record: DecisionRecord, call: MadeCall): string[] {
  return [...checkHops(record, call), ...checkPolicy(record, call), ...checkOutcome(record, call)];
}

/**
 * The providers that answered saw the attempts that the record tells of, in its order. Of what was given up before an answer,
 * some never arrives, and some after what was sent later.
 */
function checkHops({ hops }: DecisionRecord, { receipts }: MadeCall): string[] {
  const attempts = hops.filter(({ outcome }) => outcome !== undefined);
  if (canBeTrue(attempts.toSorted(answeredFirst), receipts)) return [];
  const faults: string[] = [];
  const unmatched = [...receipts];
  let next = 0;
  for (const hop of attempts.filter(isAnswered)) {
    const place = unmatched.findIndex(({ site }, index) => index >= next && site.id === hop.deploymentId);
    const [receipt] = place < 0 ? [] : unmatched.splice(place, 1);
    if (receipt === undefined)
      faults.push(`UNTRUE RECORD: ${hop.deploymentId ?? 'nobody'} answered, and got nothing`);
    else {
      next = place;
      faults.push(...checkRegion(hop, receipt));
    }
  }
  for (const hop of attempts.filter((one) => !isAnswered(one))) {
    const place = unmatched.findIndex(({ site }) => site.id === hop.deploymentId);
    if (place >= 0)
      unmatched.splice(place, 1).forEach((receipt) => faults.push(...checkRegion(hop, receipt)));
  }
  return [
    ...faults,
    ...unmatched.map(({ site }) => `UNTRUE RECORD: it does not tell of ${site.name}, which got the call`),
  ];
}

/**
 * Whether every receipt can be what one of the hops tells of. A deployment may be called twice in a call while the configuration
 * changes, elsewhere each time, so more than one way may have to be tried.
 */
function canBeTrue([hop, ...later]: readonly DecisionHop[], receipts: readonly Receipt[], from = 0): boolean {
  if (hop === undefined) return receipts.length === 0;
  if (!isAnswered(hop) && canBeTrue(later, receipts)) return true;
  return receipts.some((receipt, index) => {
    if (index < from || receipt.site.id !== hop.deploymentId) return false;
    if (checkRegion(hop, receipt).length > 0) return false;
    const isLastAnswered = later[0] === undefined || !isAnswered(later[0]);
    return canBeTrue(later, receipts.toSpliced(index, 1), isLastAnswered ? 0 : index);
  });
}

function answeredFirst(one: DecisionHop, other: DecisionHop): number {
  return Number(isAnswered(other)) - Number(isAnswered(one));
}

function isAnswered({ upstreamStatus = 0 }: DecisionHop): boolean {
  return upstreamStatus !== 0;
}

function checkRegion({ region, deploymentId }: DecisionHop, { site }: Receipt): string[] {
  const untrue = wordsIn(region).filter((word) => !answersTo(site.words, [word]));
  return untrue.map((word) => `UNTRUE RECORD: ${deploymentId ?? ''} is said to be in ${word}`);
}

function wordsIn(region: Region | undefined): string[] {
  return [region?.name, region?.zone, region?.country].filter((word) => word !== undefined);
}

function checkPolicy({ policy }: DecisionRecord, { demands }: MadeCall): string[] {
  return demands
    .filter((demand) => !isTold(policy.residency, demand))
    .map(({ party, either }) => {
      return `UNTRUE RECORD: ${party} demanded ${JSON.stringify(either)}, told is ${JSON.stringify(policy.residency)}`;
    });
}

function isTold(residency: DecisionRecord['policy']['residency'], { from, either }: Demand): boolean {
  const told = residency.filter((one) => one.from === from).map(({ allowed }) => spelled(allowed));
  return either.some((allowed) =>
    allowed === undefined ? told.length === 0 : told.includes(spelled(allowed)),
  );
}

/** The management API keeps `GB` as `uk`, which is the same place. */
function spelled(words: readonly string[]): string {
  return words
    .map((word) => word.toLowerCase().replaceAll(' ', ''))
    .map((word) => (word === 'gb' ? 'uk' : word))
    .join();
}

function checkOutcome({ outcome }: DecisionRecord, { answer, receipts }: MadeCall): string[] {
  const isAnswered = answer.status === 200 && answer.isWhole;
  if (isAnswered !== (outcome === 'succeeded')) {
    return [
      `UNTRUE RECORD: ${outcome}, and the client got ${answer.status}${answer.isWhole ? '' : ', cut off'}`,
    ];
  }
  return outcome === 'refused' && receipts.length > 0
    ? ['UNTRUE RECORD: refused, and something was sent']
    : [];
}
