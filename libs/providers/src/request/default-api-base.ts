/**
 * Public addresses of providers that speak the OpenAI API, by LiteLLM's name for them. Azure has none:
 * every resource has its own.
 */
const publicApiBases: Readonly<Record<string, string>> = {
  ai21: 'https://api.ai21.com/studio/v1',
  cerebras: 'https://api.cerebras.ai/v1',
  codestral: 'https://codestral.mistral.ai/v1',
  deepinfra: 'https://api.deepinfra.com/v1/openai',
  deepseek: 'https://api.deepseek.com/v1',
  fireworks_ai: 'https://api.fireworks.ai/inference/v1',
  gemini: 'https://generativelanguage.googleapis.com/v1beta/openai',
  groq: 'https://api.groq.com/openai/v1',
  hyperbolic: 'https://api.hyperbolic.xyz/v1',
  mistral: 'https://api.mistral.ai/v1',
  moonshot: 'https://api.moonshot.ai/v1',
  nebius: 'https://api.studio.nebius.com/v1',
  novita: 'https://api.novita.ai/v3/openai',
  nvidia_nim: 'https://integrate.api.nvidia.com/v1',
  openai: 'https://api.openai.com/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  perplexity: 'https://api.perplexity.ai',
  sambanova: 'https://api.sambanova.ai/v1',
  together_ai: 'https://api.together.xyz/v1',
  xai: 'https://api.x.ai/v1',
};

/** The address a provider is reached at unless configured; undefined when it must be configured. */
export function defaultApiBase(provider: string): string | undefined {
  return Object.hasOwn(publicApiBases, provider) ? publicApiBases[provider] : undefined;
}

/** Providers that need no `api_base`. */
export function providersWithDefaultApiBase(): string[] {
  return Object.keys(publicApiBases);
}
