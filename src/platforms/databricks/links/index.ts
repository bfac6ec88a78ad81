export {
  type AppliedLink,
  type ApplyLinkOptions,
  applyLink,
  assertApplicable,
  rotateLink,
} from './apply-link.js';
export type { LinkError } from './link-error.js';
export { type LinkFile, parseLinkFile } from './link-file.js';
export type { LinkFilesRules, RemoteAddress } from './link-files-rules.js';
export {
  LINK_OUTPUTS,
  type LinkOutputs,
  REGISTRY_LINKS,
  type RegistryLink,
  type RemoteName,
  SERVICE_PRINCIPAL_GROUP,
  type SecretPart,
  secretKey,
  type WorkspaceName,
} from './link-names.js';
export {
  describeLinkChange,
  type LinkChange,
  type LinkFinding,
  type LinkPlan,
  type LinkToken,
} from './link-plan.js';
export type { RenewalReason } from './link-token.js';
export { planLink, type Renewal } from './plan-link.js';
export { type LinkStateFile, type ReadLinkStateOptions, readLinkState } from './read-link-state.js';
export type { LinkRules, RegistryLinks, RegistryReader } from './registry-links.js';
export { verifyLink } from './verify-link.js';
export { type LinkFileFacts, verifyLinkFiles } from './verify-link-files.js';
