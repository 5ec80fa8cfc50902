export * from './learned-regions.js';
