// The analysts of the risk team describe and read what is tagged as theirs.
import { definePermission, groups, type Permission } from 'feast-permissions';

export const riskReaders: Permission = definePermission({
  name: 'risk-readers',
  types: ['FeatureView', 'FeatureService'],
  namePatterns: ['risk_.*', 'glob:fraud_*'],
  requiredTags: { team: 'risk' },
  actions: ['DESCRIBE', 'READ'],
  policy: groups('risk-analysts'),
});
