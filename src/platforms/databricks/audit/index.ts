export type { AuditServicesOptions, ServicesReport } from './audit-services.js';
export { auditServices } from './audit-services.js';
export type { PolicyCheck } from './check-store-policies.js';
export { servicesReportText } from './services-report-text.js';
export type { ServicesAuditFacts, ServicesFinding, ServicesRule } from './services-rule.js';
export { SERVICES_RULES } from './services-rules.js';
