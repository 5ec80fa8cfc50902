// The part of WebAssembly that Node has and schema-engine.ts uses; TypeScript knows it only with the whole DOM.
declare namespace WebAssembly {
  type Module = object;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(
    module: Module,
    imports: Record<string, Record<string, unknown>>,
  ): Promise<{ readonly exports: { __wbindgen_start?(): void } }>;
}
