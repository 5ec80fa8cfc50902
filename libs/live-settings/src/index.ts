export { followFile, type FileFollowing } from './follow-file.js';
export { followModels, type FollowedModels } from './follow-models.js';
export { startLiveSettings, type LiveSettings, type LiveSettingsOptions } from './live-settings.js';
export { ModelSeal, SealBroken } from './model-seal.js';
export { StoredModels } from './stored-models.js';
