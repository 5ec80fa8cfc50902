/** A name that only one record may have, and what to say of a record that comes too late for it. */
export type NameTaker = (name: string | null) => {
  readonly name: string | null;
  readonly remarks: readonly string[];
};

/** Gives each name to the first who has it; `what` is what it is called, `alias`. */
export function uniqueNames(what: string): NameTaker {
  const taken = new Set<string>();
  return (name) => {
    if (name === null || !taken.has(name)) {
      if (name !== null) taken.add(name);
      return { name, remarks: [] };
    }
    return { name: null, remarks: [`without its ${what} ${JSON.stringify(name)}, which another one has`] };
  };
}
