import { Router, type ModelListEntry } from '@signalbox/router';

const { AZURE_API_KEY, AZURE_API_VERSION, AZURE_API_BASE, OPENAI_API_KEY, OPENAI_API_BASE } = process.env;
const { REDIS_HOST, REDIS_PORT, REDIS_PASSWORD } = process.env;

// The deployments of a model: calls go to the one that is below its limits and has used the fewest tokens.
const modelList: ModelListEntry[] = [
  {
    model_name: 'gpt-3.5-turbo', // what calls name
    litellm_params: {
      model: 'azure/chatgpt-v-2', // the provider, and the deployment there
      api_key: AZURE_API_KEY,
      api_version: AZURE_API_VERSION,
      api_base: AZURE_API_BASE,
    },
    tpm: 240_000,
    rpm: 1_800,
  },
  {
    model_name: 'gpt-3.5-turbo',
    litellm_params: {
      model: 'azure/chatgpt-functioncalling',
      api_key: AZURE_API_KEY,
      api_version: AZURE_API_VERSION,
      api_base: AZURE_API_BASE,
    },
    tpm: 240_000,
    rpm: 1_800,
  },
  {
    model_name: 'gpt-3.5-turbo',
    litellm_params: {
      model: 'gpt-3.5-turbo', // no provider: OpenAI
      api_key: OPENAI_API_KEY,
      api_base: OPENAI_API_BASE, // undefined is OpenAI's own
    },
    tpm: 1_000_000,
    rpm: 9_000,
  },
];

// With a Redis the limits are those of all processes that use it; without one, of this process.
const router = new Router({
  modelList,
  redisHost: REDIS_HOST,
  redisPort: REDIS_PORT,
  redisPassword: REDIS_PASSWORD,
});

// In place of openai.chat.completions.create
const response = await router.chatCompletion({
  model: 'gpt-3.5-turbo',
  messages: [{ role: 'user', content: "Hey, how's it going?" }],
});
console.log(response.choices[0]?.message.content);

const stream = await router.chatCompletion({
  model: 'gpt-3.5-turbo',
  messages: [{ role: 'user', content: 'And now in pieces.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
console.log();

await router.close();
