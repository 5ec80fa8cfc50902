/** An entry of `model_list` whose provider is the fake upstream, in the EU. */
export interface BenchDeployment {
  readonly modelGroup: string;
  readonly id: string;
  readonly upstreamPort: number;
  /** Further `litellm_params`. */
  readonly limits?: { readonly rpm: number; readonly tpm: number };
}

/** Writes it as `config.yaml` has it. */
export function benchDeployment({ modelGroup, id, upstreamPort, limits }: BenchDeployment): object {
  return {
    model_name: modelGroup,
    litellm_params: {
      model: 'openai/gpt-4o-mini',
      api_base: `http://127.0.0.1:${upstreamPort}/v1`,
      api_key: 'sk-bench-upstream',
      region_name: 'eu',
      ...limits,
    },
    model_info: { id },
  };
}
