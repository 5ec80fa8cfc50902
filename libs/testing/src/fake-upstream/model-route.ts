/** Which model call a path names, in the words of OpenAI or of Azure. */
export interface ModelRoute {
  site: string;
  operation: Operation;
  /** Azure names the model in the path, and its answers carry x-ms-region. */
  azure: boolean;
  deployment?: string;
}

export type Operation =
  | 'chat'
  | 'completion'
  | 'responses'
  | 'embedding'
  | 'moderation'
  | 'image generation'
  | 'image edit'
  | 'speech'
  | 'transcription'
  | 'translation'
  | 'models';

const operations: Record<string, Operation> = {
  'chat/completions': 'chat',
  completions: 'completion',
  responses: 'responses',
  embeddings: 'embedding',
  moderations: 'moderation',
  'images/generations': 'image generation',
  'images/edits': 'image edit',
  'audio/speech': 'speech',
  'audio/transcriptions': 'transcription',
  'audio/translations': 'translation',
  models: 'models',
};

const withForms: ReadonlySet<Operation> = new Set(['image edit', 'transcription', 'translation']);

const azureDeployment = /^openai\/deployments\/([^/]+)\/(.+)$/;

/** Reads `/{site}/v1/…`, `/{site}/…`, `/{site}/openai/deployments/{name}/…` and `/{site}/openai/…`. */
export function readModelRoute(pathname: string): ModelRoute | undefined {
  const [, site = '', ...rest] = pathname.split('/');
  const tail = rest.join('/');
  const deployment = azureDeployment.exec(tail);
  const azure = tail.startsWith('openai/');
  const operation = operations[deployment?.[2] ?? tail.replace(/^openai\//, '').replace(/^v1\//, '')];
  if (site === '' || operation === undefined) return undefined;
  const name = deployment?.[1];
  return { site, operation, azure, ...(name === undefined ? {} : { deployment: decodeURIComponent(name) }) };
}

/** Whether its requests are forms (`multipart/form-data`), not JSON. */
export function takesForm({ operation }: ModelRoute): boolean {
  return withForms.has(operation);
}

/** Azure's dated API answers 404 to a call that names no api-version. */
export function lacksApiVersion(route: ModelRoute, url: URL): boolean {
  return route.azure && !url.pathname.includes('/openai/v1/') && !url.searchParams.has('api-version');
}
