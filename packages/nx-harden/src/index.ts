export { createNodes, createNodesV2, name, type NxHardenPluginOptions } from './plugin';
