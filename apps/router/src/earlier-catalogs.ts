import type { Catalog } from '@signalbox/contracts';

/** Gateways read the same file, but not at the same moment: on another node it may come two minutes later. */
const keptMs = 120_000;
/** More only come when somebody changes the configuration every few seconds. */
const mostCatalogs = 8;

/**
 * Catalogs that were replaced lately. A gateway that has not seen the change yet is answered by the one it goes by;
 * one that never sees it is refused after a while.
 */
export class EarlierCatalogs {
  private kept: readonly Catalog[] = [];

  /** The newest first. */
  get catalogs(): readonly Catalog[] {
    return this.kept;
  }

  /** To be told of every catalog that is replaced. */
  keep(catalog: Catalog): void {
    this.kept = [catalog, ...this.kept].slice(0, mostCatalogs);
    setTimeout(() => {
      this.kept = this.kept.filter((one) => one !== catalog);
    }, keptMs).unref();
  }
}
