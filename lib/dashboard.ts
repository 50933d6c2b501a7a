export type { DashboardAction } from './dashboard/action.js';
export { createDashboard } from './dashboard/create-dashboard.js';
export type { Dashboard } from './dashboard/create-dashboard.js';
export type { Authorize, DashboardOptions, FastifyDashboardOptions } from './dashboard/dashboard-options.js';
export { fastifyDashboard } from './dashboard/fastify-dashboard.js';
export type { FastifyScope } from './dashboard/fastify-dashboard.js';
export type { CacheReport } from './dashboard/cache-report.js';
