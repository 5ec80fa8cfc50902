export { followFile, type FileFollowing } from './follow-file.js';
export { startLiveSettings, type LiveSettings, type LiveSettingsOptions } from './live-settings.js';
