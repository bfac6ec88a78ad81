/**
 * Public functions that take no object of options, each looked at. Errors are classes of their own,
 * and left out.
 *
 * A new function comes here, or gets a row among the calls that see that it refuses an unknown
 * option.
 */
export const WITHOUT_OPTIONS: readonly string[] = [
  [
    'allowAll',
    'tokenCredentialSource',
    'isAuthzError',
    'defineVocabulary',
    'groups',
    'groupsOrNamespaces',
    'namespaces',
    'roles',
  ],
  // Reports.
  ['decisionRecordSchema', 'pinoSink', 'reviewUsage'],
  ['createFeastReading', 'reportJson', 'reportJunit'],
  ['assertPolicyCase', 'loadPolicyTests', 'mutatePolicies', 'policyTestsSchema', 'runPolicyTests'],
  ['findFeatureStoreConfig', 'locateFeatureStore', 'recognizeFile'],
  // Rules, and who asks. What a rule of Fastify or node:http names is checked against the gate.
  ['callerOf', 'flightRequires', 'readFeastCommand', 'readFeastTicket', 'readJson', 'requires'],
  ['CurrentCaller', 'CurrentSubject', 'Public', 'requiresEndpointQuery'],
  ['assertGraceSeconds', 'findEndpoint', 'isGranted', 'resourcesOf'],
  ['endpointsOfFeast', 'parseFeastVersion', 'permittedNames', 'permittedNamesOf'],
  ['createRelations', 'decodeRegistry', 'assertSecured'],
  // Data of files and of platforms, which is checked as data.
  ['assertApplicable', 'auditOnlineStores', 'describeEndpointGrant'],
  ['describeCredentialGrant', 'describeStoreChange'],
  ['describeLinkChange', 'formatPrincipal', 'groupFinder', 'isApplicationId'],
  ['isSecretKey', 'isSecretScope', 'isTableArn', 'levelActions', 'levelPermission'],
  ['parseOnlineStore', 'parseSecretPrefix', 'parseServicesText'],
  ['principalFromName', 'principalKey', 'principals', 'readSecretPrefix', 'secretKey'],
  ['secretNamesOf', 'secretVariable', 'servicePrincipalSubject', 'servicesSnapshotOptions'],
  ['sharedPermission', 'workspaceSubject'],
  ['applyBaseline', 'baselineReport', 'fingerprintFindings', 'jsonReport', 'loadBaseline'],
  // What is given here goes on to a client of another library, as it is.
  ['dynamoDbClientOptions', 'mysqlConnectionOptions'],
].flat();
