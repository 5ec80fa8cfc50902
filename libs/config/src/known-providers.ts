import { providersWithDefaultApiBase } from '@signalbox/providers';

/** LiteLLM's names for providers; the part of `model` before the slash is one of them. */
const litellmProviders: readonly string[] = (
  'aiml aleph_alpha anthropic anthropic_text anyscale assemblyai aws_polly azure azure_ai azure_text baseten bedrock ' +
  'bedrock_converse bytez clarifai cloudflare cohere cohere_chat cometapi compactifai custom custom_openai dashscope ' +
  'databricks datarobot deepgram docker_model_runner elevenlabs empower featherless_ai friendliai galadriel github ' +
  'github_copilot gigachat gradient_ai helicone heroku hosted_vllm huggingface infinity jina_ai lambda_ai ' +
  'lemonade litellm_proxy llamafile lm_studio maritalk meta_llama minimax morph nlp_cloud nscale oci ollama ' +
  'ollama_chat openai_like oobabooga ovhcloud petals predibase recraft replicate sagemaker sagemaker_chat sap ' +
  'snowflake text-completion-codestral text-completion-openai topaz triton v0 vercel_ai_gateway vertex_ai ' +
  'vertex_ai_beta vllm volcengine voyage wandb watsonx watsonx_text xinference zai'
).split(' ');

/** Every provider name that may stand before the slash of `model` without being questioned. */
export const knownProviders: ReadonlySet<string> = new Set([
  ...litellmProviders,
  ...providersWithDefaultApiBase(),
]);

/** Other names of a provider we speak. */
export const providerAliases: Readonly<Record<string, string>> = {
  azure_text: 'azure',
  'text-completion-openai': 'openai',
};
